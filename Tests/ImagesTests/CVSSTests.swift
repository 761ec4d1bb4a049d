import Bytes
import Images
import TestKit
import Testing

@Suite struct CVSSTests {
  /// Vectors with the scores that Red Hat's library publishes: `VECTOR - (base, temporal, environmental)`.
  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
  func publishedScores() throws {
    var count = 0
    var bad: [String] = []
    for name in [
      "calculator2", "calculator3", "cvsslib2", "cvsslib3", "security4", "simple2", "simple3", "simple31", "simple4",
      "supplemental4", "threat4",
    ] {
      let text = String(decoding: try SharedData.bytes("images/cvss/redhat-cvss/tests/vectors_\(name)"), as: UTF8.self)
      for line in text.split(separator: "\n") {
        guard let gap = line.firstRange(of: " - ") else { continue }
        count += 1
        let vector = String(line[..<gap.lowerBound])
        let expected = line[gap.upperBound...].filter { $0 != "(" && $0 != ")" && $0 != " " && $0 != "'" }
          .split(separator: ",").map { Double($0) }
        guard let cvss = try? CVSS(vector) else {
          bad.append("\(vector): refused")
          continue
        }
        let ours = [cvss.base, cvss.temporal, cvss.environmental]
        for (index, value) in expected.prefix(3).enumerated() {
          let same =
            value.map { wanted in ours[index].map { abs($0 - wanted) < 0.001 } ?? false } ?? (ours[index] == nil)
          if !same {
            bad.append("\(vector): \(ours), not \(expected)")
            break
          }
        }
      }
    }
    print("CVSS vectors: \(count - bad.count) of \(count) agree")
    #expect(bad.isEmpty, "\(bad.prefix(10).joined(separator: "\n"))")
    #expect(count == 7667)
  }

  @Test(arguments: [
    "", "CVSS:3.1", "CVSS:3.1/AV:N", "CVSS:5.0/AV:N", "AV:N/AC:L/Au:N/C:P/I:P/A:X", "AV:N/AC:L/Au:N/C:P/I:P/A:P/A:P",
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/Z:1",
    "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:S/SA:N",
  ])
  func otherVectorsAreRefused(_ vector: String) { #expect(throws: CVSS.Invalid.self) { try CVSS(vector) } }
}
