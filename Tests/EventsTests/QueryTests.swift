import Bytes
import Events
import TestKit
import Testing

@Suite struct QueryTests {
  static let now = EventExpectations.receivedAt ?? Timestamp(nanoseconds: 0)

  static let events: [Event] = [
    KubernetesAuditTests.exec,
    #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"2","stage":"ResponseComplete","requestURI":"/api/v1/secrets?limit=500","verb":"list","user":{"username":"Kim"},"sourceIPs":["192.0.2.9"],"objectRef":{"resource":"secrets"},"responseStatus":{"code":403,"message":"secrets is forbidden: User \"Kim\" cannot list"},"stageTimestamp":"2026-11-28T11:50:00Z","requestObject":{"spec":{"hostNetwork":true,"containers":[{"image":"nginx:1","securityContext":{"privileged":false}},{"image":"evil:2","securityContext":{"privileged":true}}],"replicas":3}}}"#,
    "Nov 28 11:55:00 vm sshd[9]: Failed password for invalid user admin from 203.0.113.9 port 40022 ssh2",
    #"{"level":"error","msg":"line one\nsecond caf\u00e9 path C:\\Temp\\x.exe","n":5,"@timestamp":"2026-11-28T11:59:00Z","ip":"2001:db8::5"}"#,
  ].map { EventExpectations.batch($0)[0] }

  static func matches(_ text: String) throws -> [Int] {
    let query = try CompiledQuery(text, now: now)
    return events.indices.filter { query.matches(events[$0]) }
  }

  static let questions: [(text: String, events: [Int])] = [
    ("", [0, 1, 2, 3]), ("*", [0, 1, 2, 3]), ("*:*", [0, 1, 2, 3]),
    // Fields.
    ("user.name: Kim", [1]), ("user.name: kim", []), ("user.name: \"Kim\"", [1]), ("user.name:(Kim or admin)", [1, 2]),
    ("user.name: (not Kim)", [0, 2, 3]), ("not user.name: Kim", [0, 2, 3]), ("user.name: K*", [1]),
    ("user.name: *account*web", [0]), ("user.name: *", [0, 1, 2]), ("not user.name: *", [3]),
    ("event.action: get list", [0, 1]), ("event.category: process", [0]),
    ("http.response.status_code: 403", [1]), ("http.response.status_code >= 400", [1]),
    ("http.response.status_code < 400", [0]), ("http.response.status_code: 101 403", [0, 1]),
    ("event.outcome: failure and event.dataset: kubernetes.audit", [1]),
    ("event.outcome: failure or event.action: get", [0, 1, 2]),
    // not, and, or in the order of their strength.
    ("not event.action: get and user.name: * or n: 5", [1, 2, 3]),
    ("not (event.action: get or user.name: Kim)", [2, 3]),
    // Addresses.
    ("source.ip: 203.0.113.9", [2]), ("source.ip: 203.0.113.0/24", [2]), ("source.ip: \"192.0.2.0/24\"", [1]),
    ("source.ip: \"2001:db8::/32\"", [3]), ("source.ip: 192.*", [1]),
    ("source.ip >= 203.0.0.0", [2]),
    // Moments.
    ("@timestamp >= now-15m", [1, 2, 3]), ("@timestamp < \"2026-11-28T11:00:00Z\"", [0]),
    ("@timestamp > \"2026-11-28\"", []),
    ("@timestamp: 2026-11-28", [0, 1, 2, 3]), ("@timestamp >= now-15m and @timestamp < now-3m", [1, 2]),
    ("@timestamp <= \"2026-11-28T11:50:00Z\"", [0, 1]),
    // Paths of the original.
    ("kubernetes.audit.requestObject.spec.hostNetwork: true", [1]), ("requestObject.spec.hostNetwork: true", [1]),
    ("requestObject.spec.replicas > 2", [1]), ("requestObject.spec.replicas: 3", [1]),
    ("kubernetes.audit.annotations.authorization.k8s.io/decision: allow", [0]), ("n: 5", [3]), ("n: 5.0", [3]),
    ("requestObject.spec.containers.image: evil*", [1]), ("objectRef.namespace: *", [0]),
    // One element of a list.
    ("requestObject.spec.containers: { image: evil* and securityContext.privileged: true }", [1]),
    ("requestObject.spec.containers: { image: nginx* and securityContext.privileged: true }", []),
    ("requestObject.spec: { containers: { image: nginx* } and replicas > 2 }", [1]),
    // Names with wildcards.
    ("user.*: Kim", [1]), ("*.resource: secrets", [1]), ("kubernetes.audit.object*: secrets", [1]),
    ("req*.image: evil\\:2", [1]),
    // Words.
    ("forbidden", [1]), ("FORBIDDEN", [1]), ("forbid", []), ("forbid*", [1]), ("*bidden", [1]),
    ("\"cannot list\"", [1]),
    ("\"list cannot\"", []), ("203.0.113.9", [2]), ("password for", [2]), ("\"password for invalid\"", [2]),
    ("kubectl/v1.36.2", [0]), ("kubectl*", [0]), ("secrets or sshd", [1, 2]), ("secrets and kim", [1]),
    ("not secrets", [0, 2, 3]), ("second", [3]), ("nsecond", []), ("café", [3]), ("temp", [3]), ("\"one second\"", [3]),
    ("secon*", [3]), ("*Temp*exe", [3]),
    // Prose is compared by words, everything else whole.
    ("message: forbidden", [1]), ("message: (forbidden and user)", [1]), ("message: \"User Kim\"", [1]),
    ("message: nothing forbidden", [1]), ("kubernetes.audit.responseStatus.message: forbidden", []),
    ("kubernetes.audit.responseStatus.message: *forbidden*", [1]),
    // Fields that are not there.
    ("no.such.field: 1", []), ("no.such.field: *", []), ("not no.such.field: 1", [0, 1, 2, 3]), ("...", []),
  ]

  @Test func questionsAsKibanasUsersAskThem() throws {
    for (text, expected) in Self.questions { #expect(try Self.matches(text) == expected, "\(text)") }
  }

  @Test func whatWasWrittenIsWhatWasMeant() throws {
    let nodes: [(String, QueryNode)] = [
      ("a:b", .field(.init(["a"]), .words("b"))), ("a : b", .field(.init(["a"]), .words("b"))),
      ("a:\"b c\"", .field(.init(["a"]), .phrase("b c"))), ("a:b c", .field(.init(["a"]), .words("b c"))),
      ("a:b and c", .and([.field(.init(["a"]), .words("b")), .free(.words("c"))])),
      ("a or b and not c", .or([.free(.words("a")), .and([.free(.words("b")), .not(.free(.words("c")))])])),
      ("A AND B OR NOT C", .or([.and([.free(.words("A")), .free(.words("B"))]), .not(.free(.words("C")))])),
      ("a\\:b", .free(.words("a:b"))), ("a:\\and", .field(.init(["a"]), .words("and"))),
      ("android", .free(.words("android"))),
      ("a:\"say \\\"x\\\"\"", .field(.init(["a"]), .phrase("say \"x\""))), ("a.b*:*", .exists(.init(["a.b", ""]))),
      ("a>=5", .range(.init(["a"]), .greaterOrEqual, "5")), ("a < \"x y\"", .range(.init(["a"]), .less, "x y")),
      ("a:(b or c)", .or([.field(.init(["a"]), .words("b")), .field(.init(["a"]), .words("c"))])),
      ("a:{b:1}", .nested(.init(["a"]), .field(.init(["b"]), .words("1")))),
      ("a:b*c", .field(.init(["a"]), .wildcard(["b", "c"]))),
      ("a:b\\*", .field(.init(["a"]), .words("b*"))), ("C:\\\\x", .field(.init(["C"]), .words("\\x"))),
      ("((a))", .free(.words("a"))), ("not not a", .not(.not(.free(.words("a"))))),
    ]
    for (text, node) in nodes { #expect(try QueryParser.parse(text) == node, "\(text)") }
  }

  @Test func errorsSayWhere() {
    let errors: [(String, QueryError)] = [
      ("a:\"b", QueryError(.unclosedQuote, column: 3)), ("(a", QueryError(.unclosedParenthesis, column: 1)),
      ("a)", QueryError(.unopened(")"), column: 2)), ("a:", QueryError(.valueExpected, column: 3)),
      ("a and", QueryError(.valueExpected, column: 6)), ("a:{b:1", QueryError(.unclosedBrace, column: 3)),
      ("not", QueryError(.valueExpected, column: 4)), ("a > b*", QueryError(.comparisonWantsOneValue, column: 5)),
      ("a:(b", QueryError(.unclosedParenthesis, column: 3)), ("a:()", QueryError(.valueExpected, column: 4)),
      (
        "x and http.response.status_code > abc",
        QueryError(
          .notComparable(field: "http.response.status_code", value: "abc"), column: 7)
      ),
      // What other languages write, and what a field can never have.
      ("user.name != kim", QueryError(.foreign(.equation(name: "user.name")), column: 1)),
      ("a: b and user.name=kim", QueryError(.foreign(.equation(name: "user.name")), column: 10)),
      ("user.name: /ki.*/", QueryError(.foreign(.expression), column: 1)),
      ("http.response.status_code: [400 TO 499]", QueryError(.foreign(.range), column: 1)),
      (
        "http.response.status_code: (401, 403)",
        QueryError(.notComparable(field: "http.response.status_code", value: "401, 403"), column: 1)
      ),
      (
        "source.ip: \"10.0.0.0/33\"", QueryError(.notComparable(field: "source.ip", value: "10.0.0.0/33"), column: 1)
      ),
      ("and", QueryError(.valueExpected, column: 1)), ("or a", QueryError(.valueExpected, column: 1)),
      ("@timestamp > yesterday", QueryError(.notComparable(field: "@timestamp", value: "yesterday"), column: 1)),
      (String(repeating: "(", count: 200), QueryError(.tooDeep, column: 101)),
      (String(repeating: "x", count: 70_000), QueryError(.tooLong, column: 1)),
    ]
    for (text, error) in errors {
      do {
        _ = try CompiledQuery(text, now: Self.now)
        Issue.record("\(text.prefix(40)) is no question")
      } catch let found {
        #expect(found == error, "\(text.prefix(40))")
        #expect(!error.message.isEmpty)
      }
    }
  }

  @Test func anyTextIsAQuestionOrAnError() {
    var random = SeededRandom(seed: 4)
    for _ in 0..<400 {
      let bytes = random.mutated(Array(random.pick(Self.questions).text.utf8))
      guard let query = try? CompiledQuery(String(decoding: bytes, as: UTF8.self), now: Self.now) else { continue }
      for event in Self.events { _ = query.matches(event) }
    }
  }

  /// What a store passes over holds nothing that matches.
  @Test func requirementsNeverHideAMatch() throws {
    var events = Self.events
    for test in SourceMappingTests.all { events.append(EventExpectations.batch(test.text)[0]) }
    var skipped = 0
    var random = SeededRandom(seed: 3)
    var texts = Self.questions.map(\.text)
    var owners: [String: Int] = [:]
    for (index, event) in events.enumerated() {
      for (field, values) in event.fields() where !values.isEmpty {
        let value = random.pick(values).text.filter { $0 != "\n" }
        guard value.utf8.count < 200 else { continue }
        var writer = JSONWriter(pretty: false)
        writer.value(value)
        texts.append("\(field.name): \(writer.text)")
        texts.append(random.below(2) == 0 ? writer.text : "not \(writer.text)")
        let word = String(value.prefix(6).filter { $0.isLetter || $0.isNumber })
        if !word.isEmpty { texts.append("\(word)* or x.y: \(word)") }
        for text in texts.suffix(3) { owners[text] = index }
      }
    }
    let terms = events.map { event in
      var terms = TermHashes()
      terms.add(event)
      return Set(terms.values)
    }
    for text in texts {
      guard let query = try? CompiledQuery(text, now: Self.now) else { continue }
      // Each question to its own event and a few others.
      for index in Set([random.below(events.count), random.below(events.count), owners[text] ?? 0]) {
        let event = events[index]
        let isPossible = query.requirement.isPossible(
          token: { terms[index].contains(TermHashes.hash(word: $0)) },
          value: { column, text in terms[index].contains(TermHashes.hash(text, of: column)) })
        if !isPossible { skipped += 1 }
        let sieve = RecordSieve(query.requirement, of: event.dataset)
        let passes =
          sieve.map { sieve in
            !sieve.isUsable(event.context) || event.withOriginal { sieve.passes($0, isSpelled: true) }
          } ?? true
        if query.matches(event) {
          #expect(isPossible && passes, "\(text) is passed over in \(event.originalText.prefix(60))")
          if let time = event.time { #expect(query.time.contains(time), "\(text)") }
        }
      }
    }
    #expect(skipped > 500)
  }

  @Test func spansOfTime() throws {
    let cases: [(String, String?)] = [
      ("now", "2026-11-28T12:00:00Z"), ("now-15m", "2026-11-28T11:45:00Z"), ("-1h30m", "2026-11-28T10:30:00Z"),
      ("now/d", "2026-11-28T00:00:00Z"), ("now-1d/d", "2026-11-27T00:00:00Z"), ("2026-11-01", "2026-11-01T00:00:00Z"),
      ("2026-11-01T01:02:03.5+01:00", "2026-11-01T00:02:03.5Z"), ("1764324000", "2025-11-28T10:00:00Z"), ("-5", nil),
      ("yesterday", nil), ("-99999999999d", nil), ("now-", nil), ("", nil), ("-106751d", "1734-08-20T12:00:00Z"),
      ("-999999999d", nil),
    ]
    for (text, expected) in cases { #expect(TimeExpression.parse(text, now: Self.now)?.text == expected, "\(text)") }
    #expect(TimeExpression.span("5m") == 300_000_000_000)
    #expect(TimeExpression.span("0s") == nil && TimeExpression.span("m") == nil && TimeExpression.span("5") == nil)
    let query = try CompiledQuery(
      "@timestamp >= now-1h and (@timestamp < now-30m or @timestamp < now-40m)", now: Self.now)
    #expect(query.time == TimeRange(since: Timestamp("2026-11-28T11:00:00Z"), until: Timestamp("2026-11-28T11:30:00Z")))
    #expect(try CompiledQuery("not @timestamp >= now-1h", now: Self.now).time == TimeRange())
  }
}
