import Bytes
import Findings
import Images
import TestKit
import Testing

/// Kinds of credentials that an organisation has of its own, and what it accepts.
@Suite struct SecretRuleFileTests {
  private static func file(_ text: String) throws(BartizanError) -> SecretRuleFile {
    try SecretRuleFile(Array(text.utf8), name: "secrets.yaml", today: "2026-11-29")
  }

  private static func found(_ rules: String, _ path: String, _ text: String) throws -> [String] {
    SecretScanner(try file(rules)).scan(Array(text.utf8), path: path).filter { !$0.isAccepted }.map {
      "\($0.rule):\($0.line)"
    }
  }

  private static let corporate =
    "rules:\n- {id: corp-token, title: Gateway, severity: critical, pattern: 'corp_[a-z0-9]{8}'"

  @Test func ownKindsAreFound() throws {
    let text = "first\ntoken corp_ab12cd34\r\nCORP_ab12cd34\ncorp_short\n"
    #expect(try Self.found(Self.corporate + "}", "app/x.txt", text) == ["corp-token:2"])
    #expect(try Self.found(Self.corporate + ", paths: ['**/*.env']}", "app/x.txt", text) == [])
    #expect(try Self.found(Self.corporate + ", paths: ['**/*.env']}", "app/x.env", text) == ["corp-token:2"])
    #expect(try Self.found(Self.corporate + ", entropy: 3.5}", "app/x.txt", "corp_aaaaaaaa\n") == [])
    // A pattern without a text that always stands in it.
    #expect(try Self.found("rules:\n- {id: numbers, pattern: '[0-9]{12}'}", "x", "a\nb 123456789012") == ["numbers:2"])
    // What is a credential by its name as well is one of theirs; what has a format of ours is both.
    #expect(try Self.found(Self.corporate + "}", "app/.env", "DB_PASSWORD=corp_ab12cd34\n") == ["corp-token:1"])
    let scanner = SecretScanner(try Self.file(Self.corporate + "}"))
    #expect(scanner.severity(of: "corp-token") == .critical && scanner.title(of: "corp-token") == "Gateway")
    #expect(scanner.severity(of: "aws-access-key") == .critical && scanner.severity(of: "named-credential") == .medium)
    #expect(scanner.ruleCount == SecretScanner.usual.ruleCount + 1)
  }

  @Test func whatIsAcceptedIsNotFound() throws {
    let text = "DB_PASSWORD=V9$kq2!" + "mZr7Lw\nAPI_TOKEN=k3Jd9sLq2XbV7nRw5T\n"
    func found(_ allow: String) throws -> [String] {
      try Self.found("allow:\n- {\(allow), reason: known}", "app/.env", text)
    }
    #expect(try found("path: other/.env") == ["named-credential:1", "named-credential:2"])
    #expect(try found("path: /app/.env") == [])
    #expect(try found("pattern: '^API_TOKEN='") == ["named-credential:1"])
    #expect(try found("rule: named-credential, pattern: '^DB_', path: 'app/**'") == ["named-credential:2"])
    #expect(try found("rule: private-key") == ["named-credential:1", "named-credential:2"])
    #expect(try found("path: app/.env, expires: 2026-11-29") == [])
    // What has ended accepts nothing, is told, and is another file to a cache.
    let ended = "allow:\n- {path: app/.env, reason: known, expires: 2026-11-28}"
    #expect(try Self.found(ended, "app/.env", text).count == 2)
    let file = try Self.file(ended)
    #expect(file.expired.map(\.location.line) == [2])
    let earlier = try SecretRuleFile(Array(ended.utf8), name: "secrets.yaml", today: "2026-11-28")
    #expect(earlier.expired.isEmpty && earlier.identity != file.identity)
  }

  @Test(arguments: [
    ("rules:\n- {id: A b, pattern: x}", "2: a rule has an id"), ("rules:\n- {id: a}", "2: a has no pattern"),
    ("rules:\n- {id: a, pattern: '['}", "2: "), ("rules:\n- {id: a, pattern: 'x*'}", "matches what is empty"),
    ("rules:\n- {id: jwt, pattern: xyz}", "there is a rule \"jwt\" already"),
    ("rules:\n- {id: a, pattern: xyz, severity: awful}", "is no severity"),
    ("rules:\n- {id: a, pattern: xyz, entropy: 9}", "entropy is a number"),
    ("rules:\n- {id: a, patern: xyz}", "2: there is no field \"patern\""), ("rules: x", "rules is no list"),
    ("rule:\n- x", "there is no field \"rule\""), ("- x", "wanted are rules"), ("allow:\n- {path: x}", "has a reason"),
    ("allow:\n- {reason: x}", "would accept everything"),
    ("allow:\n- {rule: '*', reason: x}", "would accept everything"),
    ("allow:\n- {pattern: '', reason: x}", "is empty"), ("allow:\n- {path: ' ', reason: x}", "is empty"),
    ("allow:\n- {pattern: 'x*', reason: x}", "matches what is empty"),
    ("allow:\n- {rule: no-such, reason: x}", "there is no rule \"no-such\""),
    ("allow:\n- {path: x, reason: y, expires: soon}", "expires is a day"),
  ])
  func whatIsNotUnderstoodIsRefused(_ text: String, _ message: String) {
    let error = #expect(throws: BartizanError.self) { _ = try Self.file(text) }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
  }
}
