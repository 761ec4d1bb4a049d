import Bytes
import Glibc
import Images
import TestKit
import Testing

/// Files that were made to end the process, or to keep it busy: each is read as far as it goes.
@Suite struct HostileFileTests {
  private static func names(_ bytes: [UInt8], _ path: String) -> [String] {
    let sample = ExtractorSamples.Sample("", path, bytes, [])
    return ExtractorSamples.read(sample, bytes).packages.map(\.name)
  }

  /// What is looked for behind a word may stand before it.
  @Test(arguments: ["==any.", "==1.0 any.", "any.", "==", "any.x==", "x ==2 any.y ==1"])
  func cabalFreeze(_ line: String) {
    let found = Self.names(Array((line + "\nany.base ==4.17\n").utf8), "cabal.project.freeze")
    #expect(found == (line == "x ==2 any.y ==1" ? ["y", "base"] : ["base"]))
  }

  @Test(arguments: [Int.max, .min, -1, 0, 3, Int.max / 4096 + 2, 1 << 40])
  func rootPageOfADatabase(_ root: Int) {
    let bytes = BinarySamples.sqlite(table: "Packages", [ExtractorSamples.header], root: root)
    #expect(throws: DocumentError.self) { try SQLiteTable.rows(bytes, table: "Packages") }
    #expect(Self.names(bytes, "var/lib/rpm/rpmdb.sqlite").isEmpty)
  }

  /// Rows, slots and chains of pages that all lead to the same bytes would make of a small file a large one.
  @Test func sharedDataIsNotMultiplied() throws {
    let header = BinarySamples.rpmHeader("a", "1", "1") + [UInt8](repeating: 0, count: 40_000)
    var slots = BinarySamples.ndb([header])
    let slot = Array(slots[32..<48])
    for place in stride(from: 48, to: 4096, by: 16) { slots.replaceSubrange(place..<place + 16, with: slot) }
    #expect(Self.names(slots, "usr/lib/sysimage/rpm/Packages.db") == ["a"])

    var pages = BinarySamples.berkeley([header])
    let start = 512
    pages.replaceSubrange(start + 20..<start + 22, with: BinarySamples.little(80, 2))
    for entry in 0..<80 {
      pages.replaceSubrange(start + 26 + 2 * entry..<start + 28 + 2 * entry, with: BinarySamples.little(200, 2))
    }
    #expect(Self.names(pages, "var/lib/rpm/Packages") == ["a"])
    // A chain that leads to itself.
    pages.replaceSubrange(1024 + 16..<1024 + 20, with: BinarySamples.little(2, 4))
    #expect(Self.names(pages, "var/lib/rpm/Packages").count <= 1)
  }

  /// A long folder before each of many names.
  @Test func foldersOfRPMAreBounded() throws {
    let folder = "/" + String(repeating: "x", count: 100_000) + "/"
    let files = (0..<2_000).map { (folder: $0 == 0 ? folder : "/usr/", name: "f\($0)") }
    var header = BinarySamples.rpmHeader("a", "1", "1", files: files)
    let path = "var/lib/rpm/rpmdb.sqlite"
    // All names lie in the first folder.
    let numbers = try #require(header.indices.first { header[$0...].starts(with: BinarySamples.big(1116, 4)) })
    let offset = try #require(header.integer(at: numbers + 8, width: 4, .big))
    let data = 8 + 16 * (try #require(header.integer(at: 0, width: 4, .big)))
    for index in files.indices {
      header.replaceSubrange(data + offset + 4 * index..<data + offset + 4 * index + 4, with: [0, 0, 0, 0])
    }
    let database = BinarySamples.ndb([header])
    let owned = try #require(PackageExtractors.extractor(for: path)).extract(database, path).owned
    #expect(owned.isEmpty)
  }

  /// Members of archives that share their data, archives within archives, and archives that hold themselves.
  @Test func archivesWithinArchives() {
    var inner = ExtractorSamples.jar
    for depth in 0..<12 { inner = BinarySamples.zip([("level\(depth).jar", inner)]) }
    // The innermost is not looked into; those around it are archives that nothing identifies.
    #expect(!Self.names(inner, "a.jar").contains { $0.contains(":") })
    let many = BinarySamples.zip((0..<3_000).map { ("lib/a\($0)-1.jar", ExtractorSamples.jar) })
    #expect(Self.names(many, "b.jar").count <= 10_001)
  }

  @Test func deepDocuments() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(Self.names(Array((#"{"packages":"# + deep).utf8), "composer.lock").isEmpty)
    #expect(Self.names(Array("packages: \(deep)".utf8), "pnpm-lock.yaml").isEmpty)
    var dependencies = #"{"x":{"version":"1.0.0"}}"#
    for _ in 0..<200 { dependencies = #"{"d":{"version":"1.0.0","dependencies":\#(dependencies)}}"# }
    #expect(Self.names(Array(#"{"dependencies":\#(dependencies)}"#.utf8), "package-lock.json").isEmpty)
  }

  @Test func versionsOfAnyLength() {
    let long = String(repeating: "9", count: 5_000)
    for ecosystem in Ecosystem.known {
      guard let order = Ecosystem(ecosystem).order else { continue }
      for (a, b) in [
        (long, "1"), (String(long.prefix(500)), "1"), ("1." + long.prefix(400), "1.2"), ("", ""), ("1", ""),
      ] {
        _ = order.compare(a, b)
        _ = order.compare(b, a)
      }
    }
  }
}

/// Whatever becomes of a file, it never ends the process. Seeds are fixed, so a failure repeats; with `BARTIZAN_MUTATIONS` in the
/// environment each sample is changed so many times.
@Suite struct MutationTests {
  private static let rounds = getenv("BARTIZAN_MUTATIONS").flatMap { Int(String(cString: $0)) } ?? 60

  @Test(arguments: (ExtractorSamples.all + ExtractorSamples.programs).indices)
  func extractors(_ index: Int) {
    let sample = (ExtractorSamples.all + ExtractorSamples.programs)[index]
    var mutation = Mutation(seed: UInt64(index))
    for _ in 0..<Self.rounds { _ = ExtractorSamples.read(sample, mutation.mutated(sample.bytes)) }
  }

  @Test(arguments: ReaderSamples.all.indices) func readers(_ index: Int) {
    let sample = ReaderSamples.all[index]
    var mutation = Mutation(seed: UInt64(1_000 + index))
    sample.read(sample.bytes)
    for _ in 0..<Self.rounds { sample.read(mutation.mutated(sample.bytes)) }
  }

  /// The quote that begins a text does not end it.
  @Test(arguments: [
    "{pkg,<<\">>", "{pkg,<<\">>,<<\"1\">>}", "{pkg,<<\"a\">>,<<\">>", "{pkg,<<\"\">>,<<\"1\">>}", "{pkg,",
  ])
  func rebarLock(_ text: String) {
    let sample = ExtractorSamples.Sample("", "app/rebar.lock", Array(text.utf8), [])
    let found = ExtractorSamples.read(sample, Array(text.utf8))
    #expect(found.packages.isEmpty && !found.problems.isEmpty)
  }
}
