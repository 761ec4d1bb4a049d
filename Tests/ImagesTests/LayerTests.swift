import Bytes
import Findings
import Images
import TestKit
import Testing

/// A layer says the same however its bytes arrive, and broken ones do no harm.
@Suite struct LayerTests {
  private static let members = [
    ("etc/os-release", "ID=debian\nVERSION_ID=12\n"),
    ("var/lib/dpkg/status", "Package: bash\nStatus: install ok installed\nVersion: 5.2-1\n\n"),
    ("app/node_modules/left-pad/package.json", "{\"name\":\"left-pad\",\"version\":\"1.2.3\"}"),
    ("app/.wh.old", ""), ("srv/.wh..wh..opq", ""),
    ("notes.txt", String(repeating: "nothing of interest\n", count: 900)),
  ]

  private static func scan(_ bytes: [UInt8], pieces: [Int]) -> LayerScanner.Outcome {
    let scanner = LayerScanner(secrets: true)
    var start = 0
    for size in pieces where start < bytes.count {
      let end = min(bytes.count, start + max(1, size))
      scanner.feed(Array(bytes[start..<end]).span.bytes)
      start = end
    }
    if start < bytes.count { scanner.feed(Array(bytes[start...]).span.bytes) }
    return scanner.finish()
  }

  @Test(arguments: ["plain", "gzip", "two gzip members", "padded gzip"])
  func piecesMakeNoDifference(_ kind: String) throws {
    let tar = TarBuilder.archive(Self.members)
    let half = tar.count / 2
    let bytes: [UInt8] =
      switch kind {
      case "gzip": try Gzip.compress(tar)
      case "two gzip members": try Gzip.compress(Array(tar[..<half])) + Gzip.compress(Array(tar[half...]))
      case "padded gzip": try Gzip.compress(tar) + [UInt8](repeating: 0, count: 700)
      default: tar
      }
    let whole = Self.scan(bytes, pieces: [])
    #expect(whole.failure == nil && whole.digest == Digest.sha256(bytes).text)
    #expect(whole.facts.files.flatMap(\.packages).map(\.name).sorted() == ["bash", "left-pad"])
    #expect(whole.facts.whiteouts == ["app/old"] && whole.facts.opaque == ["srv"])
    var random = SeededRandom(seed: 5)
    for _ in 0..<60 {
      let most = [2, 40, 600, 5000][random.below(4)]
      let pieces = (0..<4000).map { _ in 1 + random.below(most) }
      let outcome = Self.scan(bytes, pieces: pieces)
      #expect(outcome.facts == whole.facts && outcome.digest == whole.digest && outcome.failure == nil)
    }
    #expect(
      LayerFacts(json: whole.facts.json).map { facts in
        var facts = facts
        facts.paths = whole.facts.paths
        return facts
      } == whole.facts)
  }

  /// A file is passed over for its name before a link says that it is a package: that is told.
  @Test func linksToWhatWasPassedOver() {
    let store = TarBuilder.header(name: "root/store/ab", size: 0, type: "0")
    let manifest = "usr/app/node_modules/a/package.json"
    let end = [UInt8](repeating: 0, count: 1024)
    let lost = Self.scan(
      store + TarBuilder.header(name: manifest, size: 0, type: "1", target: "root/store/ab") + end, pieces: [])
    #expect(lost.facts.problems.count == 1 && lost.facts.problems.allSatisfy(\.hidesInput))
    let known = TarBuilder.header(name: "root/cache/node_modules/a/package.json", size: 0, type: "0")
    let told = Self.scan(
      known + TarBuilder.header(name: manifest, size: 0, type: "1", target: "root/cache/node_modules/a/package.json")
        + end,
      pieces: [])
    #expect(told.facts.problems.isEmpty)
  }

  @Test func brokenLayersDoNoHarm() throws {
    var random = SeededRandom(seed: 6)
    let tar = TarBuilder.archive(Self.members)
    let samples = [tar, try Gzip.compress(tar), try Zstandard.pack(tar)]
    for round in 0..<300 {
      let broken = random.mutated(samples[round % samples.count])
      let outcome = Self.scan(Array(broken.prefix(random.below(broken.count + 1))), pieces: [random.below(900)])
      #expect(outcome.facts.files.allSatisfy { !$0.path.hasPrefix("/") && !$0.path.contains("../") })
    }
  }

  /// Laying layers over each other one by one or from what is known of them is the same.
  @Test func brokenFactsAreNone() throws {
    var random = SeededRandom(seed: 8)
    let facts = Self.scan(TarBuilder.archive(Self.members), pieces: []).facts
    for _ in 0..<200 {
      if let read = LayerFacts(json: random.mutated(facts.json)) {
        var stack = LayerStack()
        stack.add(read, layer: 0)
        _ = stack.packages
      }
    }
  }
}
