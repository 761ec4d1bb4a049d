import Testing
import TestKit

@Suite struct ConformanceTests {
  /// Tests of the specification that do not pass, and why not.
  static let exceptions: [String: String] = [:]

  @Test func theTestsOfTheSpecificationPass() throws {
    guard SharedData.isPresent else {
      print(SharedData.skipMessage)
      return
    }
    let cases = try ConformanceCase.all()
    var passed = 0
    var plain = 0
    for test in cases {
      if !test.needsMessage { plain += 1 }
      do {
        try test.run()
        passed += 1
      } catch {
        if !test.needsMessage { print(test.id, test.source.debugDescription, error) }
      }
    }
    print("CEL specification: \(passed) of \(cases.count) tests pass; \(plain) need no message")
  }
}
