import Events
import Testing

/// `event` is a name in some logs and a sentence in others.
@Suite struct EventWordTests {
  @Test(
    arguments: [
      (#"{"event":"disk failure on sda"}"#, "disk failure on sda", nil),
      (#"{"event":"login","name":"kim"}"#, nil, "login"),
      (#"{"event":"disk failure","message":"m"}"#, "m", nil), (#"{"event":"x y","action":"a"}"#, "x y", "a"),
      (#"{"event":"disk failure on sda","sourcetype":"s"}"#, "disk failure on sda", nil),
      (#"{"operation":"put"}"#, nil, "put"),
    ] as [(String, String?, String?)])
  func wordsAreActions(_ line: String, _ message: String?, _ action: String?) throws {
    let event = try EventExpectations.event(line)
    #expect(event.text(.message) == message)
    #expect(event.text(.eventAction) == action)
  }
}
