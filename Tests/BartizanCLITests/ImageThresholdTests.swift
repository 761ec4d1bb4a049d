import Images
import Testing

@testable import BartizanCLI

/// `--fail-on` of `image scan`.
@Suite struct ImageThresholdTests {
  @Test(arguments: [
    ("high", [Priority.Level.high, .critical, .likely, .exploited]),
    ("high,unknown", [.unknown, .high, .critical, .likely, .exploited]),
    ("unknown,high,not-covered", [.unknown, .high, .critical, .likely, .exploited]),
    ("medium", [.unknown, .medium, .high, .critical, .likely, .exploited]),
    ("unknown", Priority.Level.allCases), ("not-covered", Priority.Level.allCases), ("exploited", [.exploited]),
  ])
  func fails(_ text: String, _ levels: [Priority.Level]) throws {
    let threshold = try #require(ImageThreshold(argument: text))
    #expect(Priority.Level.allCases.filter { threshold.isReached(by: $0) } == levels)
    #expect(threshold.countsUncovered == text.contains("not-covered"))
  }

  /// What passes for want of a rating only.
  @Test(arguments: [
    ("high", true), ("critical", true), ("medium", false), ("unknown", false), ("high,unknown", false),
    ("exploited", false), ("likely", false),
  ])
  func cannotBeJudged(_ text: String, _ expected: Bool) throws {
    let threshold = try #require(ImageThreshold(argument: text))
    #expect(threshold.cannotJudge(.unknown) == expected && !threshold.cannotJudge(.low))
  }

  @Test(arguments: ["", "high,", "high,low", "high,high", "not-covered,not-covered", "unknown,unknown", "High"])
  func isNone(_ text: String) { #expect(ImageThreshold(argument: text) == nil) }
}
