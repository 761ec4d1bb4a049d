import Bytes
import Foundation
import Images
import Store

// Times the ledger of images: so many images of 300 packages each, of 24,000 different ones, and one update of the advisories
// that changes 100 of 60,000. Usage: Ledger [IMAGES]

let imageCount = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 100_000

func seconds(_ body: () async throws -> Void) async rethrows -> Double {
  let start = ContinuousClock.now
  try await body()
  let span = start.duration(to: .now)
  return Double(span.components.seconds) + Double(span.components.attoseconds) / 1e18
}

func row(_ what: String, _ time: Double) { print("| \(what) | \(String(format: "%.2f s", time)) |") }

/// SplitMix64.
struct Random {
  var state: UInt64
  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return Int((z ^ (z >> 31)) % UInt64(bound))
  }
}

var random = Random(state: 1)
let names = 3_000
let versions = 8
let ecosystem = Ecosystem("Debian:12")

/// - Parameter pool: of how many names it draws the package.
@MainActor func advisory(_ number: Int, of pool: Int) -> Advisory {
  Advisory(
    id: "ADV-\(number)", aliases: ["CVE-2024-\(number)"], summary: "", severity: [], published: "", withdrawn: false,
    affected: [
      Advisory.Affected(
        ecosystem: ecosystem, name: "package\(random.below(pool))",
        ranges: [
          [
            Advisory.Event(kind: .introduced, version: "0"),
            Advisory.Event(kind: .fixed, version: "1.\(random.below(versions + 1))-1"),
          ]
        ], versions: [])
    ])
}

func state(_ advisories: [Advisory]) throws -> AdvisoryState {
  var builder = AdvisoryStoreBuilder()
  for advisory in advisories { builder.add(advisory) }
  let bytes = try builder.bytes(sources: [], built: "2026-01-01T00:00:00Z")
  return AdvisoryState(
    store: try AdvisoryStore(bytes), risks: .empty, time: "2026-01-01T00:00:00Z")
}

/// As images are: half of their packages come with one of 200 bases.
let bases = (0..<200).map { _ in
  Set((0..<160).map { _ in random.below(names) }).map { ($0, random.below(versions)) }
}

@MainActor func packages() -> [SoftwarePackage] {
  var chosen = Dictionary(bases[random.below(bases.count)], uniquingKeysWith: { first, _ in first })
  while chosen.count < 300 { chosen[random.below(names)] = random.below(versions) }
  return chosen.map {
    SoftwarePackage(ecosystem: ecosystem, name: "package\($0.key)", version: "1.\($0.value)-1", path: "")
  }
}

var advisories = (0..<60_000).map { advisory($0, of: 20 * names) }
let first = try state(advisories)
for number in 0..<100 { advisories[random.below(advisories.count)] = advisory(60_000 + number, of: names) }
let second = try state(advisories)

let file = "/tmp/bartizan-ledger-\(getpid()).sqlite"
defer { unlink(file) }
let ledger = try SQLiteImageLedger(path: file)
print("| what | time |\n|---|---:|")
var sample: [LedgerImage] = []
let adding = try await seconds {
  for start in stride(from: 0, to: imageCount, by: 1_000) {
    let images = (start..<min(start + 1_000, imageCount)).map { number in
      LedgerImage(
        key: "sha256:\(number)", digest: nil, name: "registry.example/app:\(number)", system: nil, packages: packages())
    }
    if start == 0 { sample = images }
    _ = try await ledger.run(first, adding: images)
  }
}
row("adding \(imageCount) images of 300 packages", adding)

var report: LedgerRunReport?
row("a run after 100 of 60,000 advisories changed", try await seconds { report = try await ledger.run(second) })
row("a run when nothing changed", try await seconds { _ = try await ledger.run(second) })
var findings = 0
let full = try await seconds {
  for image in sample {
    findings += try ImageReport(
      system: nil, packages: image.packages, store: second.store, covered: ["Debian:12"]
    ).findings.count
  }
}
row("matching \(sample.count) of the images anew, one by one", full)
if let report {
  let told = report.news.reduce(0) { $0 + $1.changes.count * $1.images.count }
  print(
    "\n\(report.packages) different packages; \(report.changedNames) names changed, \(report.rematched) packages matched again, \(told) changes told of images; \(findings) findings in \(sample.count) images."
  )
}
print("The file has \(((try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) ?? 0) / 1_000_000) MB.")
