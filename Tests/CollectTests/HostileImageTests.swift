import Bytes
import Collect
import Findings
import Glibc
import Images
import TestKit
import Testing

/// Images that somebody made to do harm.
@Suite struct HostileImageTests {
  private static func read(_ layer: [UInt8], limits: Limits = .standard) async throws -> ImageSource.Contents {
    var archive = TarWriter(time: 0)
    archive.add("manifest.json", Array("[{\"Layers\":[\"l.tar\"]}]".utf8))
    archive.add("l.tar", layer)
    archive.finish()
    let folder = try TemporaryFolder()
    try folder.write("image.tar", archive.bytes)
    var options = ImageSource.Options()
    options.limits = limits
    return try await ImageSource.read(folder.path + "/image.tar", options)
  }

  private static let module = "{\"name\":\"x\",\"version\":\"1.0.0\"}"
  private static let path = "app/node_modules/x/package.json"

  @Test func devicesAndLinksOutAreNotFollowed() async throws {
    let contents = try await Self.read(
      TarBuilder.header(name: "dev/zero", size: 0, type: "3")
        + TarBuilder.header(name: "etc/os-release", size: 0, type: "1", target: "../../../etc/os-release")
        + TarBuilder.link("var/lib/dpkg/status", to: "/var/lib/dpkg/status")
        + TarBuilder.archive([(Self.path, Self.module)]))
    #expect(contents.packages.map(\.name) == ["x"] && contents.system == nil)
  }

  @Test func aBombIsGivenUp() async throws {
    let bomb = try Gzip.compress([UInt8](repeating: 0, count: 64 << 20))
    let contents = try await Self.read(bomb)
    #expect(contents.packages.isEmpty && contents.layers == 0)
    #expect(contents.problems.contains { $0.message.contains("decompression bomb") })
  }

  @Test func aCutLayerSaysSoAndKeepsWhatCame() async throws {
    let whole = TarBuilder.archive([(Self.path, Self.module), ("big", String(repeating: "y", count: 4000))])
    let contents = try await Self.read(Array(whole.prefix(2100)))
    #expect(contents.packages.map(\.name) == ["x"])
    #expect(contents.problems.contains { $0.message.contains("ends inside a member") && $0.hidesInput })
  }

  @Test func layersWithoutEndAreRefused() async throws {
    let folder = try TemporaryFolder()
    let names = (0..<100_000).map { "\"l\($0)\"" }.joined(separator: ",")
    try folder.write("manifest.json", "[{\"Layers\":[\(names)]}]")
    await #expect { try await ImageSource.read(folder.path) } throws: { "\($0)".contains("100000 layers") }
  }

  /// What lists no layers, or others than the configuration, would be read as an image with less in it.
  @Test(
    arguments: [
      (#"{"config":{"digest":"CONFIG"},"layers":{}}"#, "no list of layers"),
      (#"{"config":{"digest":"CONFIG"}}"#, "leads to no manifest"),
      (#"{"config":{"digest":"CONFIG"},"layers":"x"}"#, "no list of layers"),
      (#"{"config":{"digest":"CONFIG"},"layers":[]}"#, "lists 0 layers, its configuration 2"),
      (#"{"config":{"digest":"CONFIG"},"layers":[{"digest":"CONFIG"}]}"#, "lists 1 layer, its configuration 2"),
    ]) func layersAreTheConfigurationsOwn(_ text: String, _ message: String) async throws
  {
    let configuration = #"{"architecture":"amd64","os":"linux","rootfs":{"diff_ids":["sha256:a","sha256:b"]}}"#
    let digest = SampleImage.digest(Array(configuration.utf8))
    let manifest = text.replacing("CONFIG", with: digest)
    let own = SampleImage.digest(Array(manifest.utf8))
    let folder = try TemporaryFolder()
    try folder.write("oci-layout", #"{"imageLayoutVersion":"1.0.0"}"#)
    try folder.write("index.json", #"{"manifests":[{"digest":"\#(own)"}]}"#)
    try folder.write("blobs/sha256/\(own.dropFirst(7))", manifest)
    try folder.write("blobs/sha256/\(digest.dropFirst(7))", configuration)
    await #expect { try await ImageSource.read(folder.path) } throws: { "\($0)".contains(message) }
  }

  @Test func membersWithoutEndAreRefused() async throws {
    var limits = Limits()
    limits.layerEntries = 10
    let contents = try await Self.read(
      TarBuilder.archive((0..<20).map { ("f\($0)", "x") }), limits: limits)
    #expect(contents.problems.contains { $0.message.contains("more than 10 members") })
  }

  @Test func aPipeInALayoutIsNotWaitedFor() async throws {
    let folder = try TemporaryFolder()
    try folder.write("oci-layout", "{}")
    mkfifo(folder.path + "/index.json", 0o600)
    await #expect { try await ImageSource.read(folder.path) } throws: { "\($0)".contains("not a plain file") }
  }

  /// Long names, records of pax and sparse files stand before or around what they describe.
  @Test func describedMembersAreFound() async throws {
    let long = String(repeating: "d/", count: 90) + "node_modules/deep/package.json"
    let text = Self.module
    func padded(_ text: String) -> [UInt8] {
      Array(text.utf8) + [UInt8](repeating: 0, count: (512 - text.utf8.count % 512) % 512)
    }
    func pax(_ key: String, _ value: String) -> String {
      var length = key.utf8.count + value.utf8.count + 3
      length += String(length + 2).utf8.count
      return "\(length) \(key)=\(value)\n"
    }
    let record = pax("path", long)
    let gnu = long.replacing("deep", with: "gnu")
    let contents = try await Self.read(
      TarBuilder.header(name: "pax", size: record.utf8.count, type: "x") + padded(record)
        + TarBuilder.header(name: "short", size: text.utf8.count, type: "0") + padded(text)
        + TarBuilder.header(name: "././@LongLink", size: gnu.utf8.count, type: "L") + padded(gnu)
        + TarBuilder.header(name: "short", size: text.utf8.count, type: "0") + padded(text)
        + TarBuilder.archive([]))
    #expect(contents.packages.map(\.path).sorted() == [long, gnu].sorted())
  }

  /// A hard link is another name of the same file, in its own layer and over that of another.
  @Test func hardLinksHoldPackages() async throws {
    let first = TarBuilder.archive([(Self.path, Self.module)])
    let second =
      TarBuilder.header(name: "srv/node_modules/x/package.json", size: 0, type: "1", target: Self.path)
      + TarBuilder.archive([])
    var archive = TarWriter(time: 0)
    archive.add("manifest.json", Array("[{\"Layers\":[\"a\",\"b\"]}]".utf8))
    archive.add("a", first)
    archive.add("b", second)
    archive.finish()
    let folder = try TemporaryFolder()
    try folder.write("image.tar", archive.bytes)
    let contents = try await ImageSource.read(folder.path + "/image.tar")
    #expect(contents.packages.map(\.path) == [Self.path, "srv/node_modules/x/package.json"])
  }

  /// A file that comes in place of a folder, or of a program, hides what was there.
  @Test func whatIsReplacedIsGone() async throws {
    var archive = TarWriter(time: 0)
    archive.add("manifest.json", Array("[{\"Layers\":[\"a\",\"b\"]}]".utf8))
    archive.add("a", TarBuilder.archive([(Self.path, Self.module)]))
    archive.add("b", TarBuilder.link("app/node_modules", to: "elsewhere") + TarBuilder.archive([]))
    archive.finish()
    let folder = try TemporaryFolder()
    try folder.write("image.tar", archive.bytes)
    #expect(try await ImageSource.read(folder.path + "/image.tar").packages.isEmpty)
  }

  /// A name with a line feed in it is one name, and hides nothing but itself.
  @Test func namesHideOnlyThemselves() async throws {
    var archive = TarWriter(time: 0)
    archive.add("manifest.json", Array("[{\"Layers\":[\"a\",\"b\"]}]".utf8))
    archive.add("a", TarBuilder.archive([(Self.path, Self.module)]))
    archive.add("b", TarBuilder.archive([("x\n\(Self.path)\ny", "z")]))
    archive.finish()
    let folder = try TemporaryFolder()
    try folder.write("image.tar", archive.bytes)
    #expect(try await ImageSource.read(folder.path + "/image.tar").packages.map(\.name) == ["x"])
  }

  /// What the distribution's own packages brought is told, and left to its advisories.
  @Test func filesOfDistributionsHaveOwners() async throws {
    let metadata = "usr/lib/python3/dist-packages/requests-2.28.1.egg-info/PKG-INFO"
    let contents = try await Self.read(
      TarBuilder.archive([
        ("etc/os-release", "ID=debian\nVERSION_ID=12\n"),
        ("var/lib/dpkg/status", "Package: python3-requests\nStatus: install ok installed\nVersion: 2.28.1-1\n\n"),
        ("var/lib/dpkg/info/python3-requests.list", "/.\n/usr\n/\(metadata)\n"),
        (metadata, "Name: requests\nVersion: 2.28.1\n"),
        ("usr/local/lib/python3/flask-1.0.dist-info/METADATA", "Name: flask\nVersion: 1.0\n"),
      ]))
    let owners = Dictionary(uniqueKeysWithValues: contents.packages.map { ($0.name, $0.owner ?? "") })
    #expect(owners == ["python3-requests": "", "requests": "python3-requests", "flask": ""])
  }

  @Test(arguments: [
    ("etc/alpine-release", "3.19.1\n", "Alpine:v3.19"), ("etc/debian_version", "12.5\n", "Debian:12"),
    ("etc/redhat-release", "AlmaLinux release 9.3 (Shamrock Pampas Cat)\n", "AlmaLinux:9"),
    ("etc/os-release", "ID=kali\nVERSION_ID=\"2024.1\"\n", "kali:2024.1"),
  ])
  func distributionsAreToldByWhatThereIs(_ file: String, _ text: String, _ ecosystem: String) async throws {
    let contents = try await Self.read(
      TarBuilder.archive([
        (file, text), ("var/lib/dpkg/status", "Package: a\nStatus: install ok installed\nVersion: 1\n\n"),
      ]))
    // A distribution without advisories is itself, and never another's.
    #expect(contents.packages.first?.ecosystem.text == ecosystem)
  }
}

/// Archives that other projects keep for the same reason.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
struct PublishedArchiveTests {
  @Test func noneDoesHarm() async throws {
    var read = 0
    for folder in [
      "osv-scalibr/artifact/image/layerscanning/image/testdata", "osv-scalibr/artifact/image/tar/testdata",
      "osv-scalibr/artifact/image/unpack/testdata", "claircore/pkg/tarfs/testdata", "claircore/rhel/testdata",
      "dockle/pkg/scanner/testdata", "dockle/pkg/deckoder/extractor/docker/testdata", "gitleaks/testdata/archives",
    ] {
      for file in SourceFiles.all(SharedData.root + "/images/fixtures/" + folder, suffix: "")
      where file.contains(".tar") {
        do {
          let contents = try await ImageSource.read(file)
          #expect(contents.packages.allSatisfy { !$0.path.hasPrefix("/") && !$0.path.contains("..") })
        } catch is BartizanError {}
        read += 1
      }
    }
    print("\(read) published archives were read")
    #expect(read > 20)
  }
}
