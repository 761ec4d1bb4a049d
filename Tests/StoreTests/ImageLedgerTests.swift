import Bytes
import Findings
import Images
import Store
import TestKit
import Testing

@Suite struct ImageLedgerTests {
  // MARK: A world that changes

  struct Record {
    var package: (ecosystem: String, name: String)
    var from: Int
    var fix: String?
    var aliases: [Int]
    var score: String?

    func text(_ id: String) -> String {
      let events = #"{"introduced":"\#(from)"}"# + (fix.map { #",{"fixed":"\#($0)"}"# } ?? "")
      let names = aliases.map { #""CVE-2024-\#($0)""# }.joined(separator: ",")
      let severity = score.map {
        #","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:\#($0)"}]"#
      }
      return
        #"{"id":"\#(id)","aliases":[\#(names)],"affected":[{"package":{"ecosystem":"\#(package.ecosystem)","name":"\#(package.name)"},"ranges":[{"type":"ECOSYSTEM","events":[\#(events)]}]}]\#(severity ?? "")}"#
    }
  }

  /// Advisories that are published, changed and withdrawn, and images that are built.
  struct World {
    var random: SeededRandom
    var records: [String: Record] = [:]
    var exploited: Set<String> = []
    private var next = 1

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    static let names = (0..<60).map { "package\($0)" }
    static let ecosystems = ["PyPI", "Debian:11", "Debian:12", "npm"]

    /// One update: some records are new, some say something else, some are withdrawn.
    mutating func update() {
      for _ in 0...random.below(6) {
        let known = records.keys.sorted()
        guard !known.isEmpty, random.below(2) == 0 else {
          records["ADV-\(next)"] = record()
          next += 1
          continue
        }
        let id = random.pick(known)
        switch random.below(6) {
        case 0: records[id] = nil
        case 1:
          let score = random.pick(["L", "H", nil])
          records[id]?.score = score
        case 2:
          let names = aliases()
          records[id]?.aliases = names
        // Another tells of the same, beside the first or in its place.
        case 3:
          records["ADV-\(next)"] = records[id]
          next += 1
          if random.below(2) == 0 { records[id] = nil }
        case 4:
          let from = random.below(4)
          records[id]?.from = from
        default:
          let version = fix()
          records[id]?.fix = version
        }
      }
      if random.below(12) == 0 { exploited.insert("CVE-2024-\(1000 + random.below(80))") }
    }

    private mutating func fix() -> String? {
      random.below(3) == 0 ? nil : "\(2 + random.below(5)).\(random.below(3))"
    }

    private mutating func aliases() -> [Int] { (0..<random.below(3)).map { _ in 1000 + random.below(80) } }

    private mutating func record() -> Record {
      Record(
        package: (random.pick(Self.ecosystems), random.pick(Self.names)), from: random.below(4), fix: fix(),
        aliases: aliases(), score: random.pick(["L", "H", nil]))
    }

    func state(_ time: Int) throws -> AdvisoryState {
      var builder = AdvisoryStoreBuilder()
      for (id, record) in records.sorted(by: { $0.key < $1.key }) {
        builder.add(try #require(Advisory(try JSONReader.read(record.text(id)))))
      }
      let bytes = try builder.bytes(sources: [], built: "2026-01-01T00:00:00Z")
      var risks = RiskIndex.Builder()
      if !exploited.isEmpty {
        let items = exploited.sorted().map { #"{"cveID":"\#($0)"}"# }.joined(separator: ",")
        _ = try risks.add(Array(#"{"vulnerabilities":[\#(items)]}"#.utf8))
      }
      return AdvisoryState(
        store: try AdvisoryStore(bytes), risks: try RiskIndex(risks.bytes), time: "2026-01-01T00:00:\(time)Z")
    }

    mutating func image(_ name: String) -> LedgerImage {
      let packages = (0..<12).map { _ -> SoftwarePackage in
        let ecosystem = random.pick(Self.ecosystems)
        let own = random.pick(Self.names)
        let isBinary = ecosystem.hasPrefix("Debian") && random.below(2) == 0
        return SoftwarePackage(
          ecosystem: Ecosystem(ecosystem), name: isBinary ? "lib\(own)" : own,
          version: "\(random.below(6)).\(random.below(3))", source: isBinary ? own : nil, path: "p\(random.below(9))")
      }
      return LedgerImage(key: nil, digest: nil, name: name, system: nil, packages: packages)
    }
  }

  struct Place: Hashable {
    let image: String
    let package: SoftwarePackage
    let advisory: String
  }

  /// What a scan of an image says that knows nothing of earlier ones.
  static func full(_ image: LedgerImage, _ state: AdvisoryState) throws -> [Place: KnownMatch] {
    let report = try ImageReport(
      system: nil, packages: image.packages, store: state.store,
      covered: Set(state.store.header["ecosystems"]?.strings ?? []), risks: state.risks)
    var found: [Place: KnownMatch] = [:]
    // A record is one match, whichever of its vulnerabilities are told by it.
    let places = Dictionary(grouping: report.findings) { finding in
      Place(image: image.name, package: finding.package, advisory: finding.advisory.id)
    }
    for (place, findings) in places {
      let names = findings.flatMap { finding in
        finding.advisory.cves.isEmpty ? finding.advisory.vulnerabilities.sorted() : [finding.vulnerability]
      }
      found[place] = KnownMatch(
        advisory: place.advisory, vulnerabilities: Set(names).sorted(), fix: findings.first?.fix,
        level: findings.map(\.priority.level).max { $0.rawValue < $1.rawValue } ?? .unknown)
    }
    return found
  }

  // MARK: Tests

  /// Whatever is told from run to run, taken together, is what one scan of everything says at the end.
  @Test func whatIsToldBitByBitIsWhatAFullScanSays() async throws {
    var world = World(seed: 7)
    let folder = try TemporaryFolder()
    let ledger = try SQLiteImageLedger(path: folder.path + "/ledger.sqlite")
    var images: [LedgerImage] = []
    var told: [Place: KnownMatch] = [:]
    var kinds: [MatchChange.Kind: Int] = [:]
    var rematched = 0
    var last: AdvisoryState?
    for update in 0..<100 {
      world.update()
      let state = try world.state(update)
      let added = (0..<10).map { world.image("image\(update)-\($0)") }
      images += added
      let report = try await ledger.run(state, adding: added)
      #expect(report.images == images.count)
      rematched += report.rematched
      for news in report.news {
        for change in news.changes {
          kinds[change.kind, default: 0] += 1
          for name in news.images.flatMap({ report.names[$0] ?? [] }) {
            let place = Place(image: name, package: news.package, advisory: change.match.advisory)
            told[place] = change.isOpen ? change.match : nil
          }
        }
      }
      last = state
    }
    let state = try #require(last)
    var expected: [Place: KnownMatch] = [:]
    for image in images { expected.merge(try Self.full(image, state)) { first, _ in first } }
    #expect(expected.count > 1_000)
    #expect(told == expected)
    // The world was lively enough to say something of each kind.
    for kind in MatchChange.Kind.allCases { #expect(kinds[kind, default: 0] > 0, "\(kind)") }
    // Far from all is judged again: that would be some ten thousand packages at each of a hundred runs.
    let packages = try await ledger.run(state).packages
    #expect(rematched < packages * 100 / 4)

    // The history of an image leads from what it began with to what it has.
    for image in images where image.name.hasSuffix("0-3") {
      let history = try await ledger.history(of: try await ledger.entry(of: image.name))
      var open: [Place: KnownMatch] = [:]
      for (package, match) in history.first {
        open[Place(image: image.name, package: package, advisory: match.advisory)] = match
      }
      for event in history.events {
        let place = Place(image: image.name, package: event.package, advisory: event.change.match.advisory)
        open[place] = event.change.isOpen ? event.change.match : nil
      }
      #expect(open == (try Self.full(image, state)))
      #expect(history.open.count == open.count)
    }
  }

  static let quiet = AdvisoryText("Q-1", "PyPI", "quiet", fixed: "9")

  struct AdvisoryText {
    let text: String
    init(_ id: String, _ ecosystem: String, _ name: String, fixed: String?, aliases: [String] = []) {
      let names = aliases.map { "\"\($0)\"" }.joined(separator: ",")
      text =
        #"{"id":"\#(id)","aliases":[\#(names)],"affected":[{"package":{"ecosystem":"\#(ecosystem)","name":"\#(name)"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}\#(fixed.map { #",{"fixed":"\#($0)"}"# } ?? "")]}]}]}"#
    }
  }

  static func state(_ advisories: [AdvisoryText], at time: String = "2026-01-01T00:00:00Z") throws -> AdvisoryState {
    var builder = AdvisoryStoreBuilder()
    for advisory in advisories { builder.add(try #require(Advisory(try JSONReader.read(advisory.text)))) }
    let bytes = try builder.bytes(sources: [], built: "now")
    return AdvisoryState(
      store: try AdvisoryStore(bytes), risks: .empty, time: time)
  }

  static func image(_ name: String, key: String? = nil, _ packages: String...) -> LedgerImage {
    LedgerImage(
      key: key, digest: nil, name: name, system: nil,
      packages: packages.map { SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: $0, version: "1", path: "") })
  }

  @Test func onlyPackagesOfWhichSomethingElseIsSaidAreJudgedAgain() async throws {
    let folder = try TemporaryFolder()
    let ledger = try SQLiteImageLedger(path: folder.path + "/ledger.sqlite")
    let first = [Self.quiet, AdvisoryText("A-1", "PyPI", "left", fixed: nil)]
    let start = try await ledger.run(
      try Self.state(first), adding: [Self.image("one", "left", "quiet"), Self.image("two", "right", "quiet")])
    #expect(start.news.flatMap(\.changes).map(\.kind) == [.new, .new, .new])
    #expect(try await ledger.run(try Self.state(first)).news.isEmpty)

    let second = first + [AdvisoryText("A-2", "PyPI", "right", fixed: "2")]
    let report = try await ledger.run(try Self.state(second))
    #expect(report.changedNames == 1)
    #expect(report.rematched == 1)
    #expect(report.news.map(\.package.name) == ["right"])
    #expect(report.news.flatMap(\.images).compactMap { report.names[$0] } == [["two"]])

    let third = [
      Self.quiet, AdvisoryText("A-1", "PyPI", "left", fixed: "3"), AdvisoryText("A-2", "PyPI", "right", fixed: "1"),
    ]
    let changes = try await ledger.run(try Self.state(third)).news
    #expect(changes.map(\.package.name) == ["left", "right"])
    #expect(changes.flatMap(\.changes).map(\.kind) == [.fixable, .gone])
    #expect(changes.first?.changes.first?.match.fix == "3")
  }

  /// That nothing new is told of a package that nobody judges is no good news, in the first run as in any later one.
  @Test func whatCannotBeJudgedIsToldInEachRun() async throws {
    let folder = try TemporaryFolder()
    let ledger = try SQLiteImageLedger(path: folder.path + "/ledger.sqlite")
    let image = LedgerImage(
      key: nil, digest: nil, name: "app", system: nil,
      packages: [("npm", "a", "1"), ("npm", "b", "1"), ("PyPI", "left", "?"), ("PyPI", "quiet", "9")].map {
        SoftwarePackage(ecosystem: Ecosystem($0), name: $1, version: $2, path: "")
      })
    let state = try Self.state([Self.quiet, AdvisoryText("A-1", "PyPI", "left", fixed: "2")])
    for isFirst in [true, false] {
      let report = try await ledger.run(state, adding: isFirst ? [image, Self.image("clean", "quiet")] : [])
      #expect(report.gaps.map(\.reason) == [.notCovered("npm"), .undecided], "\(report.gaps)")
      #expect(report.gaps.map(\.packages) == [2, 1])
      #expect(report.gaps.flatMap(\.images).map { report.names[$0] } == [["app"], ["app"]])
    }
    let covered = try await ledger.run(
      try Self.state([
        Self.quiet, AdvisoryText("A-1", "PyPI", "left", fixed: nil), AdvisoryText("N-1", "npm", "z", fixed: nil),
      ]))
    #expect(covered.gaps.isEmpty, "\(covered.gaps)")
    try await ledger.forget(try await ledger.entry(of: "app"))
    #expect(try await ledger.run(state).gaps.isEmpty)
  }

  /// The same flaw by another record is no news.
  @Test func anotherRecordOfTheSameFlawIsNotNew() {
    let before = [KnownMatch(advisory: "PYSEC-1", vulnerabilities: ["CVE-2024-1"], fix: nil, level: .high)]
    let after = [KnownMatch(advisory: "GHSA-1", vulnerabilities: ["CVE-2024-1"], fix: nil, level: .high)]
    let changes = MatchChange.between(before, after)
    #expect(changes.map(\.kind) == [.renamed, .renamed])
    #expect(!changes.contains { $0.kind.isNews })
    #expect(MatchChange.replay(changes, on: before) == after)
  }

  @Test func aNameThatMovesLeavesItsImageUnwatched() async throws {
    let folder = try TemporaryFolder()
    let ledger = try SQLiteImageLedger(path: folder.path + "/ledger.sqlite")
    _ = try await ledger.run(try Self.state([]), adding: [Self.image("app:1", key: "sha256:aaaaaa", "left")])
    let moved = try await ledger.run(
      try Self.state([]), adding: [Self.image("app:1", key: "sha256:bbbbbb", "right")])
    #expect(moved.moved == ["app:1"])
    let report = try await ledger.run(try Self.state([AdvisoryText("A-1", "PyPI", "left", fixed: nil)]))
    // The package is judged, since its history may be asked for; nobody runs it under a name that we know.
    #expect(report.rematched == 1)
    #expect(report.news.isEmpty)
    let old = try await ledger.history(of: try await ledger.entry(of: "sha256:aaaaaa"))
    #expect(old.entry.names.isEmpty)
    #expect(old.entry.former == ["app:1"])
    #expect(old.events.map(\.change.match.advisory) == ["A-1"])

    try await ledger.forget(try await ledger.entry(of: "aaaaaa"))
    #expect(try await ledger.images().map(\.image.key) == ["sha256:bbbbbb"])
    await #expect(throws: BartizanError.self) { try await ledger.entry(of: "aaaaaa") }
  }

  /// A scanner that has learned something reads more of the same image.
  @Test func anImageThatIsReadAgainBeginsAnew() async throws {
    let folder = try TemporaryFolder()
    let ledger = try SQLiteImageLedger(path: folder.path + "/ledger.sqlite")
    let advisories = [
      AdvisoryText("A-1", "PyPI", "left", fixed: nil), AdvisoryText("A-2", "PyPI", "right", fixed: nil),
    ]
    let state = try Self.state(advisories)
    _ = try await ledger.run(state, adding: [Self.image("app", key: "sha256:aaaaaa", "left", "quiet")])
    let again = try await ledger.run(state, adding: [Self.image("app", key: "sha256:aaaaaa", "left", "quiet")])
    #expect(again.news.isEmpty && again.added.isEmpty)
    let other = try await ledger.run(state, adding: [Self.image("app", key: "sha256:aaaaaa", "right", "quiet")])
    #expect(
      other.news.map { "\($0.package.name) \($0.changes.map(\.kind.rawValue))" } == [
        #"left ["gone"]"#, #"right ["new"]"#,
      ])
    let history = try await ledger.history(of: try await ledger.entry(of: "app"))
    #expect(history.first.map(\.match.advisory) == ["A-2"])
    #expect(history.open.map(\.match.advisory) == ["A-2"])
    #expect(other.packages == 2)
  }

  @Test func packagesOfTheDistributionSpeakForTheirFiles() async throws {
    let folder = try TemporaryFolder()
    let ledger = try SQLiteImageLedger(path: folder.path + "/ledger.sqlite")
    var owned = SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: "left", version: "1", path: "usr/lib/x")
    owned.owner = "python3-left"
    let image = LedgerImage(key: nil, digest: nil, name: "app", system: nil, packages: [owned])
    let report = try await ledger.run(
      try Self.state([AdvisoryText("A-1", "PyPI", "left", fixed: nil)]), adding: [image])
    #expect(report.news.isEmpty)
  }

  @Test func whatIsNoLedgerIsNotTouched() throws {
    let folder = try TemporaryFolder()
    try folder.write("notes.txt", "These are no tables, and somebody wants to keep them.\n")
    #expect(throws: BartizanError.self) { try SQLiteImageLedger(path: folder.path + "/notes.txt") }
    #expect(throws: BartizanError.self) { try SQLiteImageLedger(path: folder.path + "/no/such/folder/ledger.sqlite") }
  }
}
