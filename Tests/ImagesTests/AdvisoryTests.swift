import Bytes
import Images
import TestKit
import Testing

@Suite struct AdvisoryTests {
  private static func advisory(_ json: String) throws -> Advisory {
    try #require(Advisory(try JSONReader.read(json)))
  }

  private static func affected(_ events: String, ecosystem: String = "npm") throws -> Advisory.Affected {
    try advisory(
      #"{"id":"A","affected":[{"package":{"ecosystem":"\#(ecosystem)","name":"p"},"ranges":[{"type":"ECOSYSTEM","events":[\#(events)]}]}]}"#
    ).affected[0]
  }

  /// Events, a version, and whether it is affected.
  @Test(
    arguments: [
      (#"{"introduced":"0"},{"fixed":"1.2.0"}"#, "1.1.9", true),
      (#"{"introduced":"0"},{"fixed":"1.2.0"}"#, "1.2.0", false),
      (#"{"introduced":"0"},{"last_affected":"1.2.0"}"#, "1.2.0", true),
      (#"{"introduced":"0"},{"last_affected":"1.2.0"}"#, "1.2.1", false),
      (#"{"introduced":"1.0.0"}"#, "0.9.0", false),
      (#"{"introduced":"1.0.0"}"#, "9.0.0", true),
      (#"{"introduced":"0"},{"fixed":"1.0.0"},{"introduced":"2.0.0"},{"fixed":"2.1.0"}"#, "1.5.0", false),
      (#"{"introduced":"0"},{"fixed":"1.0.0"},{"introduced":"2.0.0"},{"fixed":"2.1.0"}"#, "2.0.5", true),
      (#"{"fixed":"2.1.0"},{"introduced":"2.0.0"},{"fixed":"1.0.0"},{"introduced":"0"}"#, "2.0.5", true),
      (#"{"introduced":"0"},{"limit":"3.0.0"}"#, "3.0.0", false),
      (#"{"introduced":"0"},{"limit":"*"}"#, "3.0.0", true),
      (#"{"introduced":"1.0.0"},{"fixed":"1.0.0"}"#, "1.0.0", false),
    ])
  func rangesAreEvaluatedAsTheSchemaSays(_ events: String, _ version: String, _ expected: Bool) throws {
    #expect(try Self.affected(events).verdict(on: version)?.isAffected == expected)
  }

  @Test func whatCannotBeComparedIsUndecided() throws {
    let range = try Self.affected(#"{"introduced":"1.0"},{"fixed":"2.0"}"#)
    #expect(range.verdict(on: "unknown") == nil)
    // Of the first version on: whether it is fixed cannot be told.
    #expect(try Self.affected(#"{"introduced":"0"},{"fixed":"2.0"}"#).verdict(on: "(devel)") == nil)
    #expect(try Self.affected(#"{"introduced":"0"}"#).verdict(on: "(devel)")?.isAffected == true)
    let broken = try Self.affected(#"{"introduced":"0"},{"fixed":"?"},{"introduced":"2.0"},{"fixed":"3.0"}"#)
    #expect(broken.verdict(on: "2.5")?.isAffected == true)
    #expect(broken.verdict(on: "3.0")?.isAffected == false)
    #expect(try Self.affected(#"{"introduced":"1"}"#, ecosystem: "Nowhere").verdict(on: "1") == nil)
  }

  @Test func namesAndReleasesAreComparedAsTheirEcosystemDoes() throws {
    var builder = AdvisoryStoreBuilder()
    for (id, ecosystem, name) in [
      ("A", "PyPI", "Foo_Bar"), ("B", "Debian:12", "openssl"), ("C", "Debian:11", "openssl"),
      ("D", "Alpine:v3.18", "curl"),
    ] {
      builder.add(
        try Self.advisory(
          #"{"id":"\#(id)","aliases":["CVE-\#(id)"],"affected":[{"package":{"ecosystem":"\#(ecosystem)","name":"\#(name)"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"2"}]}]}]}"#
        ))
    }
    builder.add(
      try Self.advisory(
        #"{"id":"W","withdrawn":"2020-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"PyPI","name":"foo-bar"},"versions":["1"]}]}"#
      ))
    let store = try AdvisoryStore(try builder.bytes(sources: [("test", 5)], built: "now"))
    func ids(_ ecosystem: String, _ name: String, _ version: String?) throws -> [String] {
      try AdvisoryQuery(ecosystem: Ecosystem(ecosystem), name: name, version: version).run(store).matches.map(
        \.advisory.id)
    }
    #expect(try ids("pypi", "foo.bar", "1") == ["A"])
    #expect(try ids("Debian:12", "openssl", "1") == ["B"])
    #expect(try ids("Debian", "openssl", "1") == ["B", "C"])
    #expect(try ids("Alpine:3.18", "curl", "1") == ["D"])
    #expect(try ids("Alpine:3.18", "curl", "2") == [])
    #expect(try ids("PyPI", "foo-bar", nil) == ["A"])
    #expect(try ids("PyPI", "Openssl", "1") == [])
    #expect(try store.advisories(id: "CVE-B").map(\.id) == ["B"])
    #expect(try store.advisories(id: "W").isEmpty && store.count == 4)
  }

  @Test func aBrokenStoreIsRefusedAndNeverCrashes() throws {
    var builder = AdvisoryStoreBuilder()
    for index in 0..<200 {
      builder.add(
        try Self.advisory(
          #"{"id":"A-\#(index)","summary":"text \#(index)","affected":[{"package":{"ecosystem":"npm","name":"p\#(index % 7)"},"versions":["1.0.\#(index)"]}]}"#
        ))
    }
    let good = try builder.bytes(sources: [], built: "now")
    var random = SeededRandom(seed: 3)
    for _ in 0..<2_000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
      guard let store = try? AdvisoryStore(bytes) else { continue }
      _ = try? AdvisoryQuery(ecosystem: Ecosystem("npm"), name: "p3", version: "1.0.3").run(store)
      _ = try? store.advisories(id: "A-7")
    }
  }
}

/// The real records of shared data, through the store.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
struct PublishedAdvisoryTests {
  /// - Parameter every: one record of so many, since a debug build is slow.
  private static func records(_ ecosystem: String, every: Int = 1) throws -> [DocumentNode] {
    let archive = try ZipReader(try SharedData.bytes("images/osv/\(ecosystem)/all.zip"))
    return try stride(from: 0, to: archive.members.count, by: every).map { archive.members[$0] }.map {
      try JSONReader.read(try archive.content($0))
    }
  }

  /// PyPI's records list the versions that their ranges mean: two ways to say one thing.
  @Test func listsAndRangesOfPyPIAgree() throws {
    var compared = 0
    var differ = 0
    for record in try Self.records("PyPI", every: 12) {
      guard let advisory = Advisory(record), !advisory.withdrawn else { continue }
      for affected in advisory.affected where !affected.ranges.isEmpty && !affected.versions.isEmpty {
        let bare = Advisory.Affected(
          ecosystem: affected.ecosystem, name: affected.name, ranges: affected.ranges, versions: [])
        for version in affected.versions {
          compared += 1
          if bare.verdict(on: version)?.isAffected != true { differ += 1 }
        }
      }
    }
    print("PyPI: \(compared - differ) of \(compared) listed versions lie in their ranges")
    // Lists hold versions that were added by hand, beyond the ranges.
    #expect(compared > 20_000 && differ * 100 < compared, "\(differ) of \(compared)")
  }

  @Test(arguments: ["PyPI", "Go", "crates.io"]) func theStoreAnswersAsTheRecordsDo(_ ecosystem: String) throws {
    let advisories = try Self.records(ecosystem, every: ecosystem == "PyPI" ? 6 : 2).compactMap { Advisory($0) }
    var builder = AdvisoryStoreBuilder()
    for advisory in advisories { builder.add(advisory) }
    let store = try AdvisoryStore(try builder.bytes(sources: [], built: "now"))
    // Names and versions that occur, and every record that names them, evaluated one by one.
    var byName: [String: [Advisory]] = [:]
    for advisory in advisories where !advisory.withdrawn {
      for name in Set(advisory.affected.map { $0.ecosystem.normalized($0.name) }) {
        byName[name, default: []].append(advisory)
      }
    }
    var random = SeededRandom(seed: 17)
    let names = byName.keys.sorted()
    var matched = 0
    for _ in 0..<600 {
      let name = names[Int.random(in: 0..<names.count, using: &random)]
      let mine = byName[name] ?? []
      let versions = mine.flatMap { $0.affected.flatMap { $0.versions + $0.ranges.flatMap { $0.map(\.version) } } }
      guard let version = versions.randomElement(using: &random) else { continue }
      let expected = mine.filter { advisory in
        advisory.affected.contains {
          $0.ecosystem.name == ecosystem && $0.ecosystem.normalized($0.name) == name
            && $0.verdict(on: version)?.isAffected == true
        }
      }.map(\.id).sorted()
      let answer = try AdvisoryQuery(ecosystem: Ecosystem(ecosystem), name: name, version: version).run(store)
      #expect(answer.matches.map(\.advisory.id) == expected, "\(name) \(version)")
      matched += expected.count
    }
    #expect(matched > 300)
  }
}

@Suite struct AdvisoryFormatTests {
  private static func read(_ text: String) throws -> [String] {
    let document = try #require(DocumentReader.read(Array(text.utf8)).documents.first)
    return try #require(AdvisoryFormats.read(document)).flatMap { advisory in
      advisory.affected.map { affected in
        let events = affected.ranges.flatMap { $0.map { "\($0.kind.rawValue) \($0.version)" } }.joined(separator: ", ")
        return
          "\(advisory.id) \(advisory.aliases.joined(separator: " ")): \(affected.ecosystem.text) \(affected.name) \(events)"
      }
    }
  }

  @Test func alpineSecurityDatabases() throws {
    let text = """
      distroversion: v3.11
      reponame: main
      urlprefix: http://dl-cdn.alpinelinux.org/alpine
      packages:
        - pkg:
            name: apk-tools
            secfixes:
              2.10.7-r0: ["CVE-2021-30139 (+ CVE-2021-36159)"]
              0: ["CVE-2020-1"]
      """
    #expect(
      try Self.read(text) == [
        "ALPINE-CVE-2021-30139 CVE-2021-30139 CVE-2021-36159: Alpine:v3.11 apk-tools introduced 0, fixed 2.10.7-r0"
      ])
    let wolfi =
      "{\"urlprefix\":\"https://packages.wolfi.dev\",\"reponame\":\"os\",\"packages\":[{\"pkg\":{\"name\":\"curl\",\"secfixes\":{\"8.4.0-r0\":[\"CVE-2023-38545\"]}}}]}"
    #expect(
      try Self.read(wolfi) == ["WOLFI-CVE-2023-38545 CVE-2023-38545: Wolfi curl introduced 0, fixed 8.4.0-r0"])
  }

  @Test func debianTracker() throws {
    let text = """
      {"openssl": {"CVE-2024-1": {"description": "a flaw", "scope": "local", "releases": {
        "bookworm": {"status": "resolved", "fixed_version": "3.0.11-1~deb12u2", "urgency": "not yet assigned"},
        "bullseye": {"status": "open", "urgency": "low", "nodsa": "Minor issue"},
        "trixie": {"status": "resolved", "fixed_version": "0", "urgency": "unimportant"},
        "buster": {"status": "undetermined", "urgency": "low"}}}}}
      """
    #expect(
      try Self.read(text) == [
        "DEBIAN-CVE-2024-1 CVE-2024-1: Debian:12 openssl introduced 0, fixed 3.0.11-1~deb12u2",
        "DEBIAN-CVE-2024-1 CVE-2024-1: Debian:11 openssl introduced 0",
      ])
  }

  @Test func othersAreNone() throws {
    for text in ["{}", "[]", "{\"a\":{\"b\":{}}}", "{\"packages\":[]}"] {
      #expect(AdvisoryFormats.read(try JSONReader.read(Array(text.utf8))) == nil)
    }
  }
}

/// The examples of the OSV schema's own tools, judged by the rules that the schema gives.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
struct OSVExampleTests {
  @Test func examplesAreJudgedAsTheSchemaSays() throws {
    var records = 0
    var judged = 0
    let tools = SharedData.root + "/images/osv-schema/tools"
    let files =
      SourceFiles.all(tools, suffix: ".osv.json") + SourceFiles.all(tools + "/redhat/testdata/OSV", suffix: ".json")
      + SourceFiles.all(tools + "/osv-linter/testdata", suffix: ".json")
    for file in files {
      let document = try JSONReader.read(try FileReaderForTests.bytes(file))
      guard let advisory = Advisory(document) else {
        Issue.record("\(file) is no record")
        continue
      }
      records += 1
      #expect(advisory.id == document["id"]?.string && advisory.withdrawn == (document["withdrawn"] != nil))
      for affected in advisory.affected where affected.ecosystem.order != nil {
        for version in affected.versions.prefix(50) {
          #expect(affected.verdict(on: version)?.isAffected == true, "\(file): \(version)")
          judged += 1
        }
        for range in affected.ranges {
          for event in range where event.version != "0" {
            // What mends is not affected, and what brings the flaw is, unless another range or the list says otherwise.
            switch event.kind {
            case .introduced, .lastAffected:
              #expect(affected.verdict(on: event.version)?.isAffected == true, "\(file): \(event.version)")
            case .fixed where affected.ranges.count == 1 && !affected.versions.contains(event.version):
              #expect(affected.verdict(on: event.version)?.isAffected == false, "\(file): \(event.version)")
            default: continue
            }
            judged += 1
          }
        }
      }
    }
    print("\(judged) versions of \(records) examples of the OSV schema were judged")
    #expect(records > 20 && judged > 50)
  }
}
