import Bytes
import Findings
import Operations
import Report
import TestKit
import Testing

/// A finding has disappeared only where it was looked for.
@Suite struct FindingsDiffTests {
  private static func counts(_ old: String, _ new: String) async throws -> [String: Int] {
    let folder = try TemporaryFolder()
    try folder.write("old.json", old)
    try folder.write("new.json", new)
    let operation = FindingsDiffOperation(suppressions: try Suppressions(), today: "2026-11-28")
    let before = try await operation.side(folder.path + "/old.json") { _, _, _ in }
    let answer = try FindingsDiffOperation.answer(
      from: before, to: try await operation.side(folder.path + "/new.json") { _, _, _ in })
    var bytes: [UInt8] = []
    answer.render(.json, Terminal(columns: nil)) { bytes += $0 }
    let document = try JSONReader.read(bytes)
    var counts = ["notSeen": answer.notSeen.count]
    for key in ["appeared", "disappeared", "unknown", "accepted"] { counts[key] = document[key]?.elements.count }
    return counts.filter { $0.value > 0 }
  }

  private static func image(_ findings: [(id: String, ecosystem: String)], _ more: String = "") -> String {
    let list = findings.map {
      #"{"id":"\#($0.id)","fingerprint":"f-\#($0.id)","ecosystem":"\#($0.ecosystem)","package":"p"}"#
    }.joined(separator: ",")
    return #"{"kind":"ImageReport","packages":3,"findings":[\#(list)]\#(more)}"#
  }

  private static let old = image([("A", "Debian:12"), ("B", "PyPI")])

  @Test(arguments: [
    ("", ["disappeared": 2]),
    // What a distribution would say is not among jars, and what it would have said is not known.
    (#","notCovered":{"Debian:13":4}"#, ["disappeared": 1, "unknown": 1, "notSeen": 1]),
    (#","notCovered":{"Maven of unknown group":4}"#, ["disappeared": 2, "notSeen": 1]),
    (#","notCovered":{"a distribution that is not told":4}"#, ["unknown": 2, "notSeen": 1]),
    (#","undecided":["p 1: B"]"#, ["disappeared": 1, "unknown": 1, "notSeen": 1]),
    (#","problems":["layer 2: cut off"]"#, ["unknown": 2, "notSeen": 1]),
    (#","filters":["--ignore-unfixed"]"#, ["unknown": 2, "notSeen": 1]),
    (#","notCounted":{"known":2}"#, ["unknown": 2, "notSeen": 1]),
    (#","accepted":[{"check":"A","fingerprint":"f-A"}]"#, ["disappeared": 1, "accepted": 1]),
    (#","cleared":[{"id":"B","fingerprint":"f-B"}]"#, ["disappeared": 1, "accepted": 1]),
  ]) func whatWasNotJudgedOfAnImageDidNotDisappear(_ more: String, _ wanted: [String: Int]) async throws {
    #expect(try await Self.counts(Self.old, Self.image([], more)) == wanted)
  }

  @Test func anImageWithoutPackagesAndOneThatWasNotReadTellNothing() async throws {
    let empty = #"{"kind":"ImageReport","packages":0,"findings":[]}"#
    #expect(try await Self.counts(Self.old, empty) == ["unknown": 2, "notSeen": 1])
    let unread = #"{"kind":"ImageReports","images":[],"unread":[{"source":"a","reason":"b"}]}"#
    #expect(try await Self.counts(Self.old, unread) == ["unknown": 2, "notSeen": 1])
  }

  private static func scan(_ checks: [String], _ summary: String = "", _ more: String = "") -> String {
    let list = checks.map {
      #"{"check":"\#($0)","fingerprint":"f-\#($0)","subject":{"group":"","kind":"Pod","namespace":null,"name":"a"}}"#
    }.joined(separator: ",")
    return #"{"kind":"ScanReport","summary":{"status":"complete"\#(summary)},"findings":[\#(list)]\#(more)}"#
  }

  @Test func reportsOfDifferentPartsAreNotCompared() async throws {
    let whole = Self.scan(["a", "b"])
    let part = Self.scan([], #","filters":["--only severity:low"]"#)
    #expect(try await Self.counts(whole, part) == ["unknown": 2, "notSeen": 1])
    #expect(try await Self.counts(part, whole) == ["unknown": 2, "notSeen": 1])
    let same = Self.scan(["a"], #","filters":["--only severity:low"]"#)
    #expect(try await Self.counts(same, part) == ["disappeared": 1])
    #expect(try await Self.counts(whole, Self.scan([], #","notCounted":{"known":2}"#)) == ["unknown": 2, "notSeen": 1])
    let accepted =
      #","accepted":[{"check":"a","fingerprint":"f-a","subject":{"group":"","kind":"Pod","namespace":null,"name":"a"}}]"#
    #expect(try await Self.counts(whole, Self.scan(["b"], "", accepted)) == ["accepted": 1])
    // What is accepted no longer is there.
    #expect(try await Self.counts(Self.scan(["b"], "", accepted), whole) == ["appeared": 1])
  }

  @Test func imagesAndObjectsHaveNothingInCommon() async throws {
    await #expect(throws: BartizanError.self) { try await Self.counts(Self.old, Self.scan(["a"])) }
  }
}
