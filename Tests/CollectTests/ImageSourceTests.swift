import Bytes
import Collect
import Findings
import Images
import TestKit
import Testing

@Suite struct ImageSourceTests {
  private static let status = "Package: %\nStatus: install ok installed\nVersion: 1.0-1\n\n"
  private static let release = "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian 12\"\n"

  private static func packageJSON(_ name: String) -> (String, String) {
    ("app/node_modules/\(name)/package.json", "{\"name\":\"\(name)\",\"version\":\"1.2.3\"}")
  }

  /// A `docker save` archive of layers, from the bottom.
  private static func image(_ layers: [[(String, String)]], compressed: Bool = false) throws -> [UInt8] {
    let names = layers.indices.map { "layer\($0)/layer.tar" }
    let manifest = "[{\"Config\":\"c.json\",\"Layers\":[\(names.map { "\"\($0)\"" }.joined(separator: ","))]}]"
    var archive = TarWriter(time: 0)
    archive.add("manifest.json", Array(manifest.utf8))
    // A step that changed no file has no layer.
    let history =
      ["{\"created_by\":\"ENV A=1\",\"empty_layer\":true}"] + layers.indices.map { "{\"created_by\":\"step \($0)\"}" }
    archive.add("c.json", Array("{\"history\":[\(history.joined(separator: ","))]}".utf8))
    for (name, members) in zip(names, layers) {
      let layer = TarBuilder.archive(members)
      archive.add(name, compressed ? try Gzip.compress(layer) : layer)
    }
    archive.finish()
    return archive.bytes
  }

  private static func read(_ bytes: [UInt8]) async throws -> ImageSource.Contents {
    let folder = try TemporaryFolder()
    try folder.write("image.tar", bytes)
    return try await ImageSource.read(folder.path + "/image.tar")
  }

  /// A distribution without its database of packages: what is installed of it is not known, and that is said.
  @Test(arguments: [
    (release, true), ("ID=arch\nPRETTY_NAME=\"Arch Linux\"\n", true), ("", false),
  ])
  func aDistributionWithoutItsDatabase(_ release: String, _ isTold: Bool) async throws {
    let layer = [Self.packageJSON("left-pad")] + (release.isEmpty ? [] : [("etc/os-release", release)])
    let contents = try await Self.read(try Self.image([layer]))
    #expect(contents.packages.map(\.name) == ["left-pad"])
    #expect(contents.problems.map(\.code) == (isTold ? ["no-package-database"] : []))
    #expect(contents.problems.allSatisfy { $0.hidesInput })
  }

  @Test(arguments: [false, true]) func packagesOfAllKindsAreFound(_ compressed: Bool) async throws {
    let contents = try await Self.read(
      try Self.image(
        [
          [("etc/os-release", Self.release), ("var/lib/dpkg/status", Self.status.replacing("%", with: "bash"))],
          [
            Self.packageJSON("left-pad"),
            ("srv/x.dist-info/METADATA", "Metadata-Version: 2.1\nName: Flask\nVersion: 2.0\n\nText: more\n"),
            ("srv/requirements.txt", "# pinned\nDjango[x]==2.2 ; python_version > '3'\nother>=1\n-r more.txt\n"),
            (
              "srv/Cargo.lock",
              "[[package]]\nname = \"own\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"time\"\nversion = \"0.1.43\"\nsource = \"registry\"\n"
            ),
          ],
        ], compressed: compressed))
    #expect(contents.problems.isEmpty && contents.layers == 2)
    #expect(contents.system?.ecosystem?.text == "Debian:12")
    #expect(
      contents.packages.map { "\($0.ecosystem.text) \($0.name) \($0.version)" }.sorted() == [
        "Debian:12 bash 1.0-1", "PyPI Django 2.2", "PyPI Flask 2.0", "crates.io time 0.1.43", "npm left-pad 1.2.3",
      ])
  }

  /// A database is written again by every layer that installs something: a package belongs to the first that holds it.
  @Test func packagesKnowTheirLayer() async throws {
    let bash = Self.status.replacing("%", with: "bash")
    let curl = Self.status.replacing("%", with: "curl")
    let contents = try await Self.read(
      try Self.image([
        [("etc/os-release", Self.release), ("var/lib/dpkg/status", bash)], [Self.packageJSON("left-pad")],
        [("var/lib/dpkg/status", bash + curl)],
      ]))
    let layers = Dictionary(uniqueKeysWithValues: contents.packages.map { ($0.name, $0.layer) })
    #expect(layers == ["bash": 0, "left-pad": 1, "curl": 2])
    #expect(contents.configuration?.steps == ["step 0", "step 1", "step 2"])
  }

  /// What a higher layer takes away is gone, and what it lays down itself stays.
  @Test func whiteoutsHideWhatLiesBelow() async throws {
    let base = [Self.packageJSON("a"), Self.packageJSON("b"), Self.packageJSON("c")]
    func names(_ second: [(String, String)]) async throws -> [String] {
      try await Self.read(try Self.image([base, second])).packages.map(\.name).sorted()
    }
    #expect(try await names([("app/node_modules/.wh.a", "")]) == ["b", "c"])
    #expect(try await names([("app/node_modules/a/.wh.package.json", "")]) == ["b", "c"])
    #expect(try await names([("app/.wh.node_modules", "")]) == [])
    #expect(try await names([("app/node_modules/.wh..wh..opq", ""), Self.packageJSON("d")]) == ["d"])
    // The order within a layer does not matter.
    #expect(try await names([Self.packageJSON("a"), ("app/node_modules/.wh.a", "")]) == ["a", "b", "c"])
    #expect(try await names([("app/node_modules/.wh.", "")]) == ["a", "b", "c"])
  }

  @Test func hostileImagesDoNoHarm() async throws {
    let outside = try await Self.read(
      try Self.image([
        [("../../etc/node_modules/x/package.json", "{\"name\":\"x\",\"version\":\"1\"}"), Self.packageJSON("a")]
      ]))
    #expect(outside.packages.map(\.name) == ["a"])
    #expect(outside.problems.contains { $0.message.contains("points outside") })

    var archive = TarWriter(time: 0)
    archive.add("manifest.json", Array("[{\"Layers\":[\"gone.tar\",\"zstd.tar\"]}]".utf8))
    // The head of a frame alone.
    archive.add("zstd.tar", [0x28, 0xB5, 0x2F, 0xFD, 0, 0])
    archive.finish()
    let broken = try await Self.read(archive.bytes)
    #expect(broken.layers == 0 && broken.problems.count == 2 && broken.problems.allSatisfy(\.hidesInput))

    for manifest in ["[]", "{", "[{\"Layers\":[]}]"] {
      var archive = TarWriter(time: 0)
      archive.add("manifest.json", Array(manifest.utf8))
      archive.finish()
      await #expect(throws: (any Error).self) { try await Self.read(archive.bytes) }
    }
    await #expect(throws: BartizanError.self) { try await Self.read(Array("not an image".utf8)) }
    await #expect(throws: BartizanError.self) { try await ImageSource.read("/nowhere/at/all") }
  }

  @Test func indexesThatLeadToEachOtherEnd() async throws {
    let folder = try TemporaryFolder()
    try folder.write("oci-layout", "{}")
    // Each leads to the one before it; none leads to an image.
    var index = "{\"manifests\":[]}"
    for _ in 0..<8 {
      let digest = Digest.sha256(index.utf8).text
      try folder.write("blobs/sha256/\(digest.dropFirst(7))", index)
      index = "{\"manifests\":[{\"digest\":\"\(digest)\"}]}"
    }
    try folder.write("index.json", index)
    await #expect { try await ImageSource.read(folder.path) } throws: { "\($0)".contains("lead to each other") }
    try folder.write(
      "blobs/sha256/\(String(repeating: "a", count: 64))", "{\"layers\":[]}")
    try folder.write(
      "index.json", "{\"manifests\":[{\"digest\":\"sha256:\(String(repeating: "a", count: 64))\"}]}")
    await #expect { try await ImageSource.read(folder.path) } throws: { "\($0)".contains("changed or damaged") }
    try folder.write("index.json", "{\"manifests\":[{\"digest\":\"sha256:../../x\"}]}")
    await #expect { try await ImageSource.read(folder.path) } throws: { "\($0)".contains("without a digest") }
  }
}

/// Published package lists with the advisories that hold for them.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
struct RealImageTests {
  private static func store(_ ecosystem: String) throws -> AdvisoryStore {
    var builder = AdvisoryStoreBuilder()
    let archive = try ZipReader(try SharedData.bytes("images/osv/\(ecosystem)/all.zip"))
    for member in archive.members {
      if let advisory = Advisory(try JSONReader.read(try archive.content(member))) { builder.add(advisory) }
    }
    return try AdvisoryStore(try builder.bytes(sources: [], built: "now"))
  }

  @Test func debianRootsHaveTheExpectedFindings() async throws {
    let store = try Self.store("Debian")
    for name in ["minbase", "workstation"] {
      let data = "images/real-images/debian12-debootstrap/"
      let folder = try TemporaryFolder()
      try folder.write("etc/os-release", try SharedData.bytes(data + "minbase.os-release"))
      try folder.write("var/lib/dpkg/status", try Gzip.decompress(try SharedData.bytes(data + "\(name).status.gz")))
      let contents = try await ImageSource.read(folder.path)
      let report = try ImageReport(
        system: contents.system, packages: contents.packages, store: store, covered: ["Debian:12"])
      let found = Set(
        report.findings.map { "\($0.advisory.id) \($0.package.name) \($0.package.version) \($0.fix ?? "")" })
      let expected = Set(
        try JSONReader.read(try SharedData.bytes(data + "\(name).expected.json")).elements.map { item in
          ["id", "package", "version", "fixed"].map { item[$0]?.text ?? "" }.joined(separator: " ")
        })
      print("\(name): \(found.intersection(expected).count) of \(expected.count) findings agree")
      #expect(found == expected, "\(found.symmetricDifference(expected).prefix(5))")
      // What NodeSource built is not judged by Debian's advisories, and not said to be clean.
      #expect(report.uncovered == (name == "workstation" ? ["Debian:12 by NodeSource": 1] : [:]))
      #expect(expected.count >= 16)
    }
  }

  @Test func alpineArchivesHaveTheExpectedPackages() async throws {
    let store = try Self.store("Alpine")
    let expected = try JSONReader.read(try SharedData.bytes("images/real-images/alpine-expected-osv-detector.json"))
    for (file, release) in [("310", "v3.10"), ("311", "v3.11")] {
      let contents = try await ImageSource.read(
        SharedData.root + "/images/real-images/trivy-fanal-alpine-\(file).tar.gz")
      #expect(contents.packages.count == Int(expected[path: release, "packages"]?.int ?? 0))
      #expect(contents.system?.version == expected[path: release, "release"]?.string)
      let report = try ImageReport(
        system: contents.system, packages: contents.packages, store: store, covered: ["Alpine:\(release)"])
      #expect(report.findings.count == expected[path: release, "findings_by_origin"]?.elements.count)
      // Without advisories for its release it is not covered, which is not the same as clean.
      let none = try ImageReport(system: contents.system, packages: contents.packages, store: store, covered: [])
      #expect(none.uncovered["Alpine:\(release)"] == contents.packages.count)
    }
  }
}
