import Posture
import TestKit
import Testing

/// Verdicts on the published test cases of Trivy and Polaris, and on badPods. The table of ids is the aliases of the
/// checks; `ForeignDifferences` holds the reason for every case on which we do not agree.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
struct ForeignCaseTests {
  @Test(arguments: ["trivy", "polaris", "badpods"]) func verdictsAgree(_ source: String) async throws {
    let all =
      switch source {
      case "trivy": try ForeignCases.trivy()
      case "polaris": ForeignCases.polaris()
      default: ForeignCases.badPodCases()
      }
    let others = Set(ForeignDifferences.otherQuestions.flatMap(\.cases))
    let known = Set(ForeignDifferences.differences.flatMap(\.cases))
    let cases = all.filter { !others.contains($0.name) }
    var differ = Set<String>()
    for item in cases where await ForeignCases.verdict(item) != item.shouldFail { differ.insert(item.name) }
    print(
      "\(source): \(cases.count - differ.count) of \(cases.count) verdicts agree, \(all.count - cases.count) cases ask something else"
    )
    #expect(differ.subtracting(known).isEmpty, "new: \(differ.subtracting(known).sorted())")
    let mine = known.filter { $0.hasPrefix(source) }
    #expect(mine.subtracting(differ).isEmpty, "agree by now: \(mine.subtracting(differ).sorted())")
    #expect(cases.count > 100)
  }

  @Test func ninetyEightOfAHundredAgree() async throws {
    let others = Set(ForeignDifferences.otherQuestions.flatMap(\.cases))
    let count = (try ForeignCases.trivy() + ForeignCases.polaris() + ForeignCases.badPodCases())
      .count { !others.contains($0.name) }
    let known = ForeignDifferences.differences.flatMap(\.cases).count
    #expect(known * 50 <= count, "\(known) of \(count)")
  }
}
