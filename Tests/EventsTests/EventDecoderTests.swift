import Bytes
import Events
import TestKit
import Testing

@Suite struct EventDecoderTests {
  /// A bit of everything, as it may stand in one file.
  static let mixed = """
    \(KubernetesAuditTests.exec)
    plain words
    {"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[\(KubernetesAuditTests.exec),{"verb":"get","objectRef":{"resource":"pods"}}]}
    [ {"a":1}, {"b":[1,{"c":"]"}]} ,
    {"level":"info","msg":"é\\u00e9 \\ud83d\\ude00"}
    ]
    {
      "pretty": {
        "printed": true
      }
    }
    2026-01-01T00:00:01.000000001Z stdout P one
    2026-01-01T00:00:01.000000002Z stderr F other
    2026-01-01T00:00:01.000000003Z stdout F , two
    {"cut":"in the midd
    <38>Nov 23 07:11:08 vm sshd[9]: Accepted publickey for deploy from 10.0.0.4 port 50000 ssh2\r
    {"a":1}{"b":2} trailing

    {"log":"x\\n","stream":"stdout","time":"2026-01-01T00:00:05Z"}
    203.0.113.9 - - [28/Nov/2026:10:00:00 +0000] "GET /a HTTP/2.0" 200 612 "-" "-"
    """

  static func summary(_ batches: [EventBatch]) -> [String] {
    batches.flatMap { batch in
      batch.events.map { event in
        event.dataset.rawValue + " " + event.originalText + " "
          + event.fields().map { "\($0.field.name)=\($0.values.map(\.text))" }.joined(separator: " ")
      }
    }
  }

  static func problems(_ batches: [EventBatch]) -> [RecordProblem] { batches.flatMap(\.problems) }

  /// A log of syslog that is a file: its times are reckoned from a moment that is no part of the events.
  @Test func timesWithoutAYearAreReckoned() throws {
    let line = Array("<38>Mar  2 08:00:11 host1 sshd[123]: Failed password for root from 192.0.2.13 port 22 ssh2".utf8)
    var options = DecodeOptions()
    #expect(EventDecoder.decode(line, options: options).events.first?.time == nil)
    options.reckonedFrom = Timestamp("2026-11-28T12:00:00Z")
    let event = try #require(EventDecoder.decode(line, options: options).events.first)
    #expect(event.time?.text == "2026-03-02T08:00:11Z" && event.ingested == nil)
    // Also where secrets are hidden, for which it is read again.
    #expect(event.masked().time == event.time && event.detached().time == event.time)
    options.reckonedFrom = Timestamp("2026-01-28T12:00:00Z")
    #expect(EventDecoder.decode(line, options: options).events.first?.time?.text == "2025-03-02T08:00:11Z")
  }

  @Test func whatStandsInOneFile() {
    let batch = EventExpectations.batch(Self.mixed)
    #expect(
      batch.events.map(\.dataset.rawValue) == [
        "kubernetes.audit", "text.log", "kubernetes.audit", "kubernetes.audit", "json.log", "json.log", "json.log",
        "json.log", "unparsed", "system.sshd", "json.log", "json.log", "text.log", "container.log", "nginx.access",
        "container.log", "container.log",
      ])
    #expect(batch.problems == [RecordProblem(.kept(.malformedJSON), line: 15)])
    #expect(batch.events.map(\.line).prefix(5) == [1, 2, 3, 3, 4])
  }

  @Test func piecesOfAnySizeGiveTheSame() {
    let bytes = Array(Self.mixed.utf8)
    var options = DecodeOptions()
    options.receivedAt = EventExpectations.receivedAt
    let whole = EventDecoder.decode(bytes, options: options)
    let expected = Self.summary([whole])
    var random = SeededRandom(seed: 1)
    for round in 0..<12 {
      var decoder = EventDecoder(options: options)
      var batches: [EventBatch] = []
      var place = 0
      while place < bytes.count {
        let length = round == 0 ? 1 : 1 + random.below(round == 1 ? 3 : 400)
        batches.append(decoder.decode(Array(bytes[place..<min(place + length, bytes.count)])))
        place += length
      }
      batches.append(decoder.finish())
      // Lines of a container are handed over as their streams end, so their order may differ; nothing else does.
      #expect(Self.summary(batches).sorted() == expected.sorted(), "round \(round)")
      #expect(Self.problems(batches) == whole.problems, "round \(round)")
      #expect(decoder.pendingCount == 0)
    }
  }

  @Test func aCutLineCostsOnlyItself() {
    let whole = KubernetesAuditTests.exec
    for length in stride(from: 1, to: whole.utf8.count, by: 31) {
      let cut = String(decoding: Array(whole.utf8.prefix(length)), as: UTF8.self)
      let batch = EventExpectations.batch(cut + "\n" + whole + "\n" + cut)
      #expect(batch.events.filter { $0.dataset == .kubernetesAudit }.count == 1, "cut at \(length)")
      #expect(batch.events.filter { $0.dataset == .unparsed }.count == 2, "cut at \(length)")
      #expect(
        batch.problems == [
          RecordProblem(.kept(.malformedJSON), line: 1), RecordProblem(.kept(.cut), line: 3),
        ], "cut at \(length)")
      #expect(batch.events.map(\.originalText) == [cut, whole, cut])
    }
  }

  @Test func nothingIsLostWhateverTheBytes() {
    var random = SeededRandom(seed: 9)
    let seeds = [Self.mixed] + SourceMappingTests.all.map(\.text)
    for round in 0..<150 {
      let bytes = random.mutated(Array(random.pick(seeds).utf8))
      var options = DecodeOptions()
      options.receivedAt = EventExpectations.receivedAt
      let batch = EventDecoder.decode(bytes, options: options)
      for event in batch.events {
        _ = event.fields()
        _ = event.masked().fields()
        _ = event.deliveryKey
      }
      // Whatever letter stood in the input stands in an original.
      guard batch.problems.allSatisfy({ !$0.losesInput }) else { continue }
      let letters = bytes.filter { $0 &- 0x61 < 26 }.count
      let kept = batch.events.reduce(0) { $0 + $1.original.filter { $0 &- 0x61 < 26 }.count }
      // Wrappers around lists of records are no records.
      #expect(kept <= letters && (kept == letters || bytes.contains(0x5B)), "round \(round)")
    }
  }

  @Test func limitsAreSaid() {
    var options = DecodeOptions()
    options.recordBytes = 100
    let long = String(repeating: "x", count: 150)
    let batch = EventExpectations.batch("short\n\(long)\nnext\n{\"a\":\"\(long)\"}\n", options: options)
    #expect(batch.events.map(\.originalText) == ["short", "next"])
    #expect(
      batch.problems == [
        RecordProblem(.tooLarge(bytes: 150), line: 2), RecordProblem(.tooLarge(bytes: 158), line: 4),
      ])
    #expect(batch.count == 2)

    var decoder = EventDecoder(options: options)
    var batches = [decoder.decode(Array("a\n".utf8))]
    for _ in 0..<20 { batches.append(decoder.decode(Array(repeating: 0x78, count: 30))) }
    #expect(decoder.pendingCount <= 130)
    batches.append(decoder.decode(Array("\nb\n".utf8)))
    batches.append(decoder.finish())
    #expect(batches.flatMap { $0.events.map(\.originalText) } == ["a", "b"])
    #expect(Self.problems(batches) == [RecordProblem(.tooLarge(bytes: 600), line: 2)])

    options = DecodeOptions()
    options.records = 3
    let many = EventExpectations.batch("1\n2\n3\n4\n5\n", options: options)
    #expect(many.count == 3 && many.problems == [RecordProblem(.tooMany(limit: 3), line: 4)])

    let deep = String(repeating: "[", count: 300) + String(repeating: "]", count: 300)
    let nested = EventExpectations.batch("{\"a\":\(deep)}\n{\"b\":1}\n")
    #expect(nested.events.map(\.dataset) == [.unparsed, .json])
    #expect(nested.problems == [RecordProblem(.kept(.tooDeep), line: 1)])
  }

  @Test func whatIsNoText() {
    let binary = EventDecoder.decode([0x7F, 0x45, 0x4C, 0x46] + [UInt8](repeating: 0, count: 600))
    #expect(binary.count == 0 && binary.problems == [RecordProblem(.binary, line: 1)])
    let latin = EventDecoder.decode([0x63, 0x61, 0x66, 0xE9, 0x0A])
    #expect(latin.events.first.map { Array($0.original) } == [0x63, 0x61, 0x66, 0xE9])
    #expect(latin.events.first?.originalText == "caf\u{FFFD}")
    #expect(EventDecoder.decode(Array("\u{FEFF}{\"a\":1}".utf8)).events.map(\.dataset) == [.json])
    #expect(EventDecoder.decode([]).count == 0)
    #expect(EventDecoder.decode(Array("\n\r\n  \n".utf8)).count == 0)
  }

  private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

  /// A log has zero bytes where it was emptied under its writer, and where a machine lost what it had not written.
  @Test func runsOfZeroBytesArePassedOver() {
    let a = Array("Nov 30 03:00:00 web app: one\n".utf8)
    let b = Array("Nov 30 03:00:01 web app: two\n".utf8)
    let hole = RecordProblem(.zeros(bytes: 70_000, isHole: true), line: 1)
    let cases: [(input: [UInt8], count: Int, problems: [RecordProblem])] = [
      (Self.zeros(70_000) + a + b, 2, [hole]),
      (a + Self.zeros(5_000) + b, 2, [RecordProblem(.zeros(bytes: 5_000, isHole: false), line: 2)]),
      (a + Self.zeros(1) + b, 2, [RecordProblem(.zeros(bytes: 1, isHole: false), line: 2)]),
      // The record before is cut off, and the one behind is whole.
      (a.dropLast(4) + Self.zeros(4_096) + b, 2, [RecordProblem(.zeros(bytes: 4_096, isHole: false), line: 1)]),
      (a + b + Self.zeros(9_000), 2, [RecordProblem(.zeros(bytes: 9_000, isHole: false), line: 3)]),
      (Self.zeros(40), 0, [RecordProblem(.zeros(bytes: 40, isHole: false), line: 1)]),
    ]
    for (input, count, problems) in cases {
      let whole = EventDecoder.decode(input)
      #expect(whole.count == count && whole.problems == problems)
      var decoder = EventDecoder()
      var texts: [String] = []
      var told: [RecordProblem] = []
      for start in stride(from: 0, to: input.count, by: 997) {
        let batch = decoder.decode(Array(input[start..<min(input.count, start + 997)]))
        texts += batch.events.map(\.originalText)
        told += batch.problems
      }
      let last = decoder.finish()
      #expect(texts + last.events.map(\.originalText) == whole.events.map(\.originalText))
      #expect(told + last.problems == problems)
      #expect(problems.allSatisfy { !$0.losesInput })
    }
    // JSON that a run of them ends does not swallow what follows.
    let json = EventDecoder.decode(Array("{\"a\":\"b".utf8) + Self.zeros(64) + Array("{\"c\":1}\n".utf8))
    #expect(json.events.map(\.dataset) == [.unparsed, .json])
    // A few of them within a line are part of it.
    #expect(EventDecoder.decode(Array("name\u{0}value\n".utf8)).events.map(\.originalText) == ["name\u{0}value"])
  }

  @Test func archivesStayBinary() {
    let tar = TarBuilder.archive([("a.log", String(repeating: "line\n", count: 200))])
    #expect(EventDecoder.decode(tar).problems == [RecordProblem(.binary, line: 1)])
    #expect(
      EventDecoder.decode(Array("SQLite format 3\u{0}".utf8) + [16, 0, 1, 1, 0, 64, 32, 32, 0, 0, 0, 9]).count == 0)
  }

  @Test func tables() throws {
    var options = DecodeOptions()
    options.format = .csv(columns: [], delimiter: 0x2C)
    let text = "@timestamp,user.name,,event.action,note\n2026-11-28T10:00:00Z,kim,x,get,\"a \"\"b\"\", c\nd\"\n2026,2\n"
    let batch = EventExpectations.batch(text, options: options)
    let events = Array(batch.events)
    #expect(events.count == 2)
    EventExpectations.expect(
      try #require(events.first), "csv.row",
      ["@timestamp": "2026-11-28T10:00:00Z", "user.name": "kim", "event.action": "get", "note": "a \"b\", c\nd"])
    #expect(batch.problems == [RecordProblem(.kept(.columnCount), line: 4)])
    #expect(events.last?.dataset == .unparsed)

    options.format = .csv(columns: ["user.name", "n"], delimiter: 0x3B)
    let second = EventExpectations.batch("kim;1\r\nbob;2", options: options)
    #expect(second.events.map { EventExpectations.text($0, "user.name") } == ["kim", "bob"])
    #expect(second.events.map { EventExpectations.text($0, "n") } == ["1", "2"])
  }

  @Test func keysWithEscapesAreTheSameKeys() throws {
    let event = try EventExpectations.event(#"{"us\u0065rname":"kim","\u0061":{"b\u0063":1}}"#)
    #expect(EventExpectations.text(event, "user.name") == "kim")
    #expect(EventExpectations.text(event, "a.bc") == "1")
  }

  /// A list that begins with its kind is read in one pass, any other after it was seen whole: both mean the same.
  @Test func listsAreTheSameHoweverTheyBegin() throws {
    let event = KubernetesAuditTests.exec
    let deep =
      #"{"verb":"get","auditID":"d","stage":"Panic","x":"# + String(repeating: "[", count: 126)
      + String(repeating: "]", count: 126) + "}"
    let docker = #"{"log":"x\n","stream":"stdout","time":"2026-01-01T00:00:05Z"}"#
    let items = [
      "[\(event),\(event)]", "[ \(event) ,\n {\"verb\":\"get\",\"objectRef\":{\"resource\":\"pods\"}} ]", "[]", "[1]",
      "[\(event),1]",
      "[\(event),]", "[\(event)", "[\(event)}", "[\(event)] ", "[\(docker),\(event)]", "{}", "[[\(event)]]",
      "[\(deep)]",
    ]
    let rests = [
      "}", ",\"metadata\":{}}", ",\"a\":1,\"b\":2}", ",\"a\":1,\"b\":2,\"c\":3}", "", ",}", ",\"items\":[\(event)]}",
      ",\"logGroup\":\"/aws/eks/prod/cluster\"}",
    ]
    for item in items {
      for rest in rests {
        let first = EventExpectations.batch(#"{"kind":"EventList","items":"# + item + rest + "\n" + event)
        let second = EventExpectations.batch(#"{"items":"# + item + #","kind":"EventList""# + rest + "\n" + event)
        #expect(first.problems.map(\.kind) == second.problems.map(\.kind), "\(item)\(rest)")
        #expect(first.problems.map(\.line) == second.problems.map(\.line), "\(item)\(rest)")
        let (a, b) = (Self.summary([first]), Self.summary([second]))
        #expect(a.count == b.count, "\(item)\(rest)")
        for (a, b) in zip(a, b) where !a.contains("EventList") && !b.contains("EventList") {
          #expect(a == b, "\(item)\(rest)")
        }
        #expect(first.events.map(\.line) == second.events.map(\.line))
      }
    }
  }
}
