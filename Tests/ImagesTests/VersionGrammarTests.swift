import Bytes
import Images
import TestKit
import Testing

/// Kind: texts that are no versions, compared as if they were, so that an advisory "does not apply".
@Suite struct VersionGrammarTests {
  @Test(arguments: [
    ("PyPI", ["1.0", "1!2.0", "v1.0", "1.0a1", "1.0-rc.1", "1.0.post1", "1.0-1", "1.0.dev3", "1.0+local.1", "2024.1"]),
    ("npm", ["1.0.0", "v1.0.0", "1.0.0-beta.1", "1.0.0-x.7", "1.0.0+build", "1.0", "1.0.0beta", "0.0.0-2024.x1"]),
    ("Go", ["1.2.3", "0.0.0-20190308221718-c2843e01d9a2", "1.21rc2", "2.0.0+incompatible", "1.21.0-0"]),
    ("crates.io", ["0.1.0", "1.0.0-alpha.1"]), ("Hex", ["1.0.0", "1.0.0-rc.0"]), ("Pub", ["1.0.0+1"]),
    ("NuGet", ["1.0", "1.0.0.0", "1.0.0-Beta2", "1.0.0-beta+sha"]),
    ("Packagist", ["1.0", "v1.2.3", "1.0.0-RC1", "1.0.0beta2", "1.0.0-p1", "2.0.0.0", "1.0.0-alpha.1", "20190101"]),
    ("RubyGems", ["1.0", "1.0.0.rc1", "1.0.0-1", "2.a.3"]),
    ("Maven", ["1.0", "1.0-SNAPSHOT", "27.0-jre", "1.0.RELEASE", "r03", "2.0.0.Final", "1.0_2", "v1-rev2-1.2"]),
    ("Debian", ["1.0-1", "1:2.36-9+deb12u7", "2.0~rc1", "20240101", "0.1.git20200101-1"]),
    ("Red Hat", ["1.0-1.el9", "0:1.0-1.el9", "2:1.0^git1-1", "v1.0-1", "1.0-8.module_el8.6.0+3340+d764b636"]),
    ("Alpine", ["1.2.3-r0", "1.2.3_rc1-r0", "1.2.31-0", "10.2.26.r0", "1.0a", "1.1.1k-r0"]), ("Hackage", ["1.0.0.1"]),
    ("CRAN", ["1.0-1"]), ("opam", ["v0.14.0", "1.0~beta"]), ("ConanCenter", ["1.1.1k"]), ("GitHub Actions", ["v3"]),
  ])
  func versions(_ ecosystem: String, _ texts: [String]) throws {
    let order = try #require(Ecosystem(ecosystem).order)
    for text in texts {
      #expect(order.isVersion(text), "\(ecosystem) \(text)")
      #expect(order.decide(text, text) == .equal, "\(ecosystem) \(text)")
    }
  }

  private static let nowhere = [
    "", "banana", "$VER", "${version}", "latest", "next", "*", "(devel)", "1.0 || 2.0", "1.0,2.0",
  ]

  @Test(arguments: [
    ("PyPI", ["1.2-ubuntu.1~x", "1.*", ">=1.0", "1.x", "2004d", "1.0-NA", "1.0 1.1", "==1.0"]),
    ("npm", ["3.x", "3.*", "^1.0.0", "~1.0", ">=1", "1.0.0|x", "1.x.0", "X", "1.0.0-", "1.0.0 2"]),
    ("Go", ["v1.x", "main"]), ("crates.io", ["1.*", "^1"]), ("Hex", ["~> 1.0"]), ("Pub", ["^1.0.0", "any"]),
    ("NuGet", ["[1.0,2.0)", "1.*", "1.0.x"]), ("Packagist", ["dev-main", "1.x-dev", "1.0.*", "^1.0", "1.0-ubuntu"]),
    ("RubyGems", ["~> 1.0", ">= 1", "1.0!"]), ("Maven", ["[1.0,2.0)", "LATEST", "RELEASE", "1.+", "1.x"]),
    ("Debian", ["<unfixed>", "unstable"]), ("Red Hat", ["any"]), ("Alpine", ["1.x", "edge"]), ("Hackage", ["1.0-rc"]),
    ("CRAN", ["1.0rc"]), ("opam", ["dev"]),
  ])
  func noVersions(_ ecosystem: String, _ texts: [String]) throws {
    let order = try #require(Ecosystem(ecosystem).order)
    for text in texts + Self.nowhere {
      #expect(!order.isVersion(text), "\(ecosystem) \(text)")
      #expect(order.decide(text, "1.0") == nil && order.decide("1.0", text) == nil, "\(ecosystem) \(text)")
    }
  }

  private static func affected(_ ecosystem: String, _ rest: String) throws -> Advisory.Affected {
    let text = #"{"id":"X","affected":[{"package":{"ecosystem":"\#(ecosystem)","name":"a"},\#(rest)}]}"#
    return try #require(Advisory(try JSONReader.read(Array(text.utf8)))?.affected.first)
  }

  /// Installed versions that are none, and records whose versions are none: nothing is decided.
  @Test(arguments: [
    ("PyPI", "banana", #""ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"2.0"}]}]"#),
    ("PyPI", "$VER", #""ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"1.0"},{"fixed":"2.0"}]}]"#),
    ("npm", "3.x", #""ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"2.0.0"}]}]"#),
    ("Packagist", "dev-main", #""ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"2.0"}]}]"#),
    ("PyPI", "1.0", #""ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"next"}]}]"#),
    ("Maven", "1.0", #""ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"next"}]}]"#),
    ("npm", "2.0.5", #""ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"last_affected":"2.0.x"}]}]"#),
    ("PyPI", "1.0", #""ranges":[{"type":"GIT","repo":"x","events":[{"introduced":"0"},{"fixed":"ab"}]}]"#),
    ("PyPI", "1.0", #""ranges":[]"#), ("PyPI", "1.0", #""ranges":[{"type":"ECOSYSTEM","events":[{"fixed":"2.0"}]}]"#),
    ("PyPI", "banana", #""versions":["1.0"]"#),
  ])
  func whatIsNoVersionDecidesNothing(_ ecosystem: String, _ version: String, _ rest: String) throws {
    let affected = try Self.affected(ecosystem, rest)
    #expect(affected.verdict(on: version) == nil)
    // The same through a store, as a scan asks.
    var builder = AdvisoryStoreBuilder()
    builder.add(
      try #require(
        Advisory(
          try JSONReader.read(
            Array(#"{"id":"X","affected":[{"package":{"ecosystem":"\#(ecosystem)","name":"a"},\#(rest)}]}"#.utf8)))))
    let store = try AdvisoryStore(try builder.bytes(sources: [], built: "now"))
    let package = SoftwarePackage(ecosystem: Ecosystem(ecosystem), name: "a", version: version, path: "")
    let answer = try AdvisoryQuery(package).run(store)
    #expect(answer.matches.isEmpty && answer.undecided.map(\.id) == ["X"])
    #expect(try AdvisoryExplanation.all(of: package, in: store).map(\.outcome) == [.undecided])
  }

  /// A list of versions decides where ranges tell of commits alone; every version is affected where there is no end.
  @Test func whatDecidesAllTheSame() throws {
    let git = #""ranges":[{"type":"GIT","events":[{"introduced":"0"}]}],"versions":["1.0"]"#
    #expect(try Self.affected("PyPI", git).verdict(on: "1.0")?.isAffected == true)
    #expect(try Self.affected("PyPI", git).verdict(on: "1.1")?.isAffected == false)
    #expect(try Self.affected("PyPI", #""versions":["2004d"]"#).verdict(on: "2004d")?.isAffected == true)
    let all = #""ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]"#
    #expect(try Self.affected("npm", all).verdict(on: "3.x")?.isAffected == true)
    let cpe = #""ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"last_affected":"2.6.0-NA"}]}]"#
    #expect(try Self.affected("PyPI", cpe).verdict(on: "2.6.0")?.isAffected == true)
    #expect(try Self.affected("PyPI", cpe).verdict(on: "2.6.1")?.isAffected == false)
  }

  /// The way out leads out of all ranges, and not only out of the one that the version lies in.
  @Test(
    arguments: [
      ("1.2", [["introduced 1.0", "last_affected 1.5"], ["introduced 2.0", "fixed 2.3"]], "2.3", nil),
      ("1.2", [["introduced 1.0", "fixed 1.5"], ["introduced 1.4", "fixed 1.8"]], "1.8", nil),
      ("1.2", [["introduced 1.0", "fixed 1.5"], ["introduced 2.0", "fixed 2.3"]], "1.5", nil),
      ("1.2", [["introduced 0", "last_affected 1.5"]], nil, "1.5"),
      ("1.2", [["introduced 0", "last_affected 1.5"], ["introduced 2.0"]], nil, nil),
      ("1.2", [["introduced 0"]], nil, nil), ("2.1", [["introduced 0", "fixed 1.0"], ["introduced 2.0"]], nil, nil),
    ] as [(String, [[String]], String?, String?)])
  func theWayOut(_ version: String, _ ranges: [[String]], _ fix: String?, _ last: String?) throws {
    let text = ranges.map { range in
      let events = range.map { event in
        let words = event.split(separator: " ")
        return #"{"\#(words[0])":"\#(words[1])"}"#
      }
      return #"{"type":"ECOSYSTEM","events":[\#(events.joined(separator: ","))]}"#
    }.joined(separator: ",")
    var builder = AdvisoryStoreBuilder()
    builder.add(
      try #require(
        Advisory(
          try JSONReader.read(
            Array(#"{"id":"X","affected":[{"package":{"ecosystem":"PyPI","name":"a"},"ranges":[\#(text)]}]}"#.utf8)))))
    let store = try AdvisoryStore(try builder.bytes(sources: [], built: "now"))
    let report = try ImageReport(
      system: nil,
      packages: [SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: "a", version: version, path: "")], store: store,
      covered: ["PyPI"])
    #expect(report.findings.map(\.fix) == [fix] && report.findings.map(\.lastAffected) == [last])
    let advice = ImageAdvice(report.findings)
    #expect(advice.removals.isEmpty == (fix != nil || last != nil))
    #expect(advice.departures.map(\.after) == (last.map { [$0] } ?? []))
  }
}

/// How many events of the real feeds are no versions: few, so that nothing becomes undecided in bulk.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
struct FeedGrammarTests {
  @Test(arguments: [
    ("PyPI", 30), ("npm", 4), ("Go", 0), ("crates.io", 0), ("Alpine", 0), ("Debian", 1), ("AlmaLinux", 0),
  ])
  func eventsAreVersions(_ ecosystem: String, _ most: Int) throws {
    let archive = try ZipReader(try SharedData.bytes("images/osv/\(ecosystem)/all.zip"))
    var (all, odd) = (0, 0)
    var samples = Set<String>()
    // One record of so many is enough to see a bulk, and all are few in the small feeds.
    for index in stride(from: 0, to: archive.members.count, by: archive.members.count > 2_000 ? 3 : 1) {
      guard let advisory = Advisory(try JSONReader.read(try archive.content(archive.members[index]))) else { continue }
      for affected in advisory.affected {
        guard let order = affected.ecosystem.order else { continue }
        for event in affected.ranges.joined() where event.version != "0" && event.version != "*" {
          all += 1
          if !order.isVersion(event.version) {
            odd += 1
            samples.insert(event.version)
          }
        }
      }
    }
    print("\(ecosystem): \(odd) of \(all) events are no versions")
    #expect(odd <= most && all > 100, "\(samples.sorted().prefix(20))")
  }
}
