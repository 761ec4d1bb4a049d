import Bytes
import Detect
import Events
import Findings
import TestKit
import Testing

/// What each part of a rule means, one by one.
@Suite struct SigmaSemanticsTests {
  static func rule(_ detection: String, source: String = "product: test") -> String {
    "title: t\nid: t\nlogsource: {\(source)}\ndetection:\n"
      + detection.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n") + "\n"
  }

  static func matches(_ detection: String, _ event: String) throws -> Bool {
    let set = RuleSet([RuleSet.Source(path: "t.yml", bytes: Array(rule(detection).utf8))])
    try #require(set.errors.isEmpty, "\(set.errors.map(\.text))")
    let matcher = RuleMatcher(set.rules.map { ($0.tree, $0.info.logSource) })
    var state = MatchState()
    let batch = EventDecoder.decode(Array(event.utf8))
    return !matcher.match(batch[0], &state).isEmpty
  }

  static func error(_ detection: String) -> RuleError.Reason? {
    RuleSet([RuleSet.Source(path: "t.yml", bytes: Array(rule(detection).utf8))]).errors.first?.reason
  }

  @Test(arguments: [
    // Text: case does not count, wildcards do, escapes.
    (#"a: Foo"#, #"{"a":"fOO"}"#, true), (#"a: foo"#, #"{"a":"food"}"#, false),
    (#"a: 'f*d'"#, #"{"a":"food"}"#, true), (#"a: 'fo?d'"#, #"{"a":"fo\u00e9d"}"#, true),
    (#"a: 'f\*d'"#, #"{"a":"food"}"#, false), (#"a: 'f\*d'"#, #"{"a":"f*d"}"#, true),
    (#"a: 'c:\\x\*'"#, #"{"a":"c:\\x*"}"#, true), (#"a: 'c:\\*'"#, #"{"a":"c:\\anything"}"#, true),
    (#"a: 'É'"#, #"{"a":"é"}"#, true), (#"a|cased: Foo"#, #"{"a":"foo"}"#, false),
    (#"a|cased: Foo"#, #"{"a":"Foo"}"#, true), (#"a|contains|cased: oO"#, #"{"a":"foO"}"#, true),
    (#"a|contains|cased: oO"#, #"{"a":"foo"}"#, false),
    // Numbers, lists, null, empty.
    (#"a: 12"#, #"{"a":12}"#, true), (#"a: 12"#, #"{"a":"12"}"#, true), (#"a: [1, 2]"#, #"{"a":2}"#, true),
    (#"a: null"#, #"{"b":1}"#, true), (#"a: null"#, #"{"a":null}"#, true), (#"a: null"#, #"{"a":"x"}"#, false),
    (#"a: ''"#, #"{"a":""}"#, true), (#"a: ''"#, #"{"b":""}"#, false), (#"a: true"#, #"{"a":true}"#, true),
    // Arrays: any element.
    (#"a: x"#, #"{"a":["y","x"]}"#, true), (#"a.b: x"#, #"{"a":[{"b":"y"},{"b":"x"}]}"#, true),
    (#"a|contains|all: [x, y]"#, #"{"a":"xy"}"#, true), (#"a|contains|all: [x, y]"#, #"{"a":"xz"}"#, false),
    // Modifiers.
    (#"a|startswith: fo"#, #"{"a":"food"}"#, true), (#"a|startswith: oo"#, #"{"a":"food"}"#, false),
    (#"a|endswith: od"#, #"{"a":"food"}"#, true), (#"a|endswith: oo"#, #"{"a":"food"}"#, false),
    (#"a|contains: oo"#, #"{"a":"food"}"#, true), (#"a|contains: x"#, #"{"a":"X"}"#, true),
    (#"a|re: 'f.+d$'"#, #"{"a":"food"}"#, true), (#"a|re: 'F.+d'"#, #"{"a":"food"}"#, false),
    (#"a|re|i: 'F.+d'"#, #"{"a":"food"}"#, true), (#"a|re|m: '^b$'"#, #"{"a":"a\nb\nc"}"#, true),
    (#"a|re|s: 'a.b'"#, #"{"a":"a\nb"}"#, true), (#"a|re: 'a.b'"#, #"{"a":"a\nb"}"#, false),
    (#"a|cidr: 10.0.0.0/8"#, #"{"a":"10.2.3.4"}"#, true), (#"a|cidr: 10.0.0.0/8"#, #"{"a":"11.2.3.4"}"#, false),
    (#"a|cidr: '2001:db8::/32'"#, #"{"a":"2001:db8::1"}"#, true),
    (#"a|gt: 5"#, #"{"a":6}"#, true), (#"a|gte: 6"#, #"{"a":"6"}"#, true), (#"a|lt: 5"#, #"{"a":5}"#, false),
    (#"a|lte: 5"#, #"{"a":"x"}"#, false), (#"a|exists: true"#, #"{"a":null}"#, true),
    (#"a|exists: false"#, #"{"b":1}"#, true), (#"a|exists: true"#, #"{"b":1}"#, false),
    (#"a|neq: x"#, #"{"a":"y"}"#, true), (#"a|neq: x"#, #"{"a":"x"}"#, false),
    (#"a|fieldref: b"#, #"{"a":"X","b":"x"}"#, true), (#"a|fieldref: b"#, #"{"a":"x","b":"y"}"#, false),
    (#"a|fieldref|startswith: b"#, #"{"a":"food","b":"fo"}"#, true),
    (#"a|windash|contains: ' -enc'"#, #"{"a":"p /enc x"}"#, true),
    (#"a|windash|contains: ' -enc'"#, #"{"a":"p \u2013enc x"}"#, true),
    (#"a|base64: foo"#, #"{"a":"Zm9v"}"#, true), (#"a|base64offset|contains: foobar"#, #"{"a":"eGZvb2Jhcg=="}"#, true),
    (#"a|wide|base64offset|contains: 'ping'"#, #"{"a":"cABpAG4AZwA="}"#, true),
    (#"a|hour: 3"#, #"{"a":"2026-01-01T03:04:05Z"}"#, true), (#"a|week: 1"#, #"{"a":"2026-01-01T03:04:05Z"}"#, true),
    (#"a|hour|gte: 22"#, #"{"a":"2026-01-01T23:00:00Z"}"#, true),
    (#"a|day: 2"#, #"{"a":"2026-01-01T23:00:00Z"}"#, false),
  ])
  func oneField(_ item: String, _ event: String, _ expected: Bool) throws {
    #expect(try Self.matches("sel:\n  \(item)\ncondition: sel", event) == expected)
  }

  @Test(arguments: [
    ("a and b or c", [false, false, true], true), ("a and (b or c)", [false, false, true], false),
    ("not a and b", [false, true, false], true), ("not (a and b)", [true, true, false], false),
    ("1 of them", [false, true, false], true), ("all of them", [true, true, false], false),
    ("all of them", [true, true, true], true), ("a or not b", [false, false, false], true),
    ("NOT a AND NOT b", [false, false, true], true),
  ])
  func conditions(_ condition: String, _ values: [Bool], _ expected: Bool) throws {
    let detection = "a: {x: 1}\nb: {y: 1}\nc: {z: 1}\n_d: {never: 1}\ncondition: \(condition)"
    let event = zip(["x", "y", "z"], values).map { "\"\($0)\":\($1 ? 1 : 0)" }.joined(separator: ",")
    #expect(try Self.matches(detection, "{" + event + "}") == expected)
  }

  @Test func patternsOfNames() throws {
    let detection = "sel_a: {x: 1}\nsel_b: {y: 1}\nfilter: {z: 1}\ncondition: all of sel_* and not 1 of filter*"
    #expect(try Self.matches(detection, #"{"x":1,"y":1}"#))
    #expect(try !Self.matches(detection, #"{"x":1,"y":1,"z":1}"#))
  }

  @Test func listsOfMappingsAndKeywords() throws {
    let maps = "sel:\n  - {x: 1, y: 1}\n  - {z: 1}\ncondition: sel"
    #expect(try Self.matches(maps, #"{"x":1,"y":1}"#))
    #expect(try Self.matches(maps, #"{"z":1}"#))
    #expect(try !Self.matches(maps, #"{"x":1}"#))
    let words = "keywords:\n  - 'evil*tool'\n  - other\ncondition: keywords"
    #expect(try Self.matches(words, #"{"m":"an EVIL little tool"}"#))
    #expect(try !Self.matches(words, #"{"m":"harmless"}"#))
    let all = "keywords:\n  '|all': [one, two]\ncondition: keywords"
    #expect(try Self.matches(all, #"{"m":"one","n":"two"}"#))
    #expect(try !Self.matches(all, #"{"m":"one"}"#))
  }

  @Test func refusals() {
    #expect(Self.error("sel: {a|nope: 1}\ncondition: sel") == .unknownModifier("nope"))
    #expect(Self.error("sel: {a: 1}\ncondition: other") == .undefined("other"))
    #expect(Self.error("sel: {a: 1}\ncondition: sel | count() > 5") == .formerAggregation)
    #expect(Self.error("sel: {a|expand: '%x%'}\ncondition: sel") == .placeholder("x"))
    #expect(Self.error("sel: {a: 1}") == .missing("condition"))
    #expect(Self.error("sel: {a: 1}\ncondition: (sel") != nil)
    #expect(Self.error("sel: {a|re: 'a(?=b)'}\ncondition: sel") != nil)
    #expect(Self.error("sel: {a|cidr: nonsense}\ncondition: sel") != nil)
    #expect(Self.error("sel: {a: 1}\ncondition: 2 of sel*") != nil)
    #expect(Self.error("sel: {a: []}\ncondition: sel") != nil)
  }

  @Test func pipelinesAndFilters() throws {
    let pipeline = try SigmaPipeline(
      DocumentReader.read(
        Array(
          """
          name: p
          vars: {admins: [alice, bob]}
          transformations:
            - {type: value_placeholders}
            - {type: field_name_mapping, mapping: {u: [user.name, u]}}
            - {type: add_condition, conditions: {kind: x}}
          """.utf8)
      ).documents[0], file: "p.yml")
    let text = Self.rule("sel: {u|expand: '%admins%'}\ncondition: sel")
    let filter = """
      title: f
      logsource: {product: test}
      filter:
        rules: [t]
        sel: {host: safe}
        condition: not sel
      """
    let set = RuleSet(
      [
        RuleSet.Source(path: "t.yml", bytes: Array(text.utf8)),
        RuleSet.Source(path: "f.yml", bytes: Array(filter.utf8)),
      ],
      pipelines: [pipeline])
    #expect(set.errors.isEmpty)
    let matcher = RuleMatcher(set.rules.map { ($0.tree, $0.info.logSource) })
    func matches(_ event: String) -> Bool {
      var state = MatchState()
      return !matcher.match(EventDecoder.decode(Array(event.utf8))[0], &state).isEmpty
    }
    #expect(matches(#"{"u":"bob","kind":"x"}"#))
    #expect(!matches(#"{"u":"carol","kind":"x"}"#))
    #expect(!matches(#"{"u":"bob"}"#))
    #expect(!matches(#"{"u":"bob","kind":"x","host":"safe"}"#))
  }

  @Test func exceptionsExpire() {
    let text =
      Self.rule("sel: {a: 1}\ncondition: sel")
      + "exceptions:\n  - {reason: known job, expires: 2026-06-01, match: {b: 2}}\n"
    func count(_ today: String) -> Int {
      let set = RuleSet([RuleSet.Source(path: "t.yml", bytes: Array(text.utf8))], today: today)
      let matcher = RuleMatcher(set.rules.map { ($0.tree, $0.info.logSource) })
      var state = MatchState()
      return matcher.match(EventDecoder.decode(Array(#"{"a":1,"b":2}"#.utf8))[0], &state).count
    }
    #expect(count("2026-05-31") == 0)
    #expect(count("2026-06-01") == 1)
  }

  /// The index finds exactly what evaluating each rule on its own finds.
  @Test func manyRulesAtOnceAreEachRuleAlone() throws {
    var random = SeededRandom(seed: 7)
    let words = ["a", "ab", "abc", "x y", "powershell", "é", "zz9", ""]
    func item(_ random: inout SeededRandom) -> String {
      let modifier = random.pick(["", "|contains", "|startswith", "|endswith", "|re", "|cased", "|contains|cased"])
      return "\(random.pick(["f", "g"]))\(modifier): '\(random.pick(words.dropLast()))'"
    }
    var texts: [String] = []
    for index in 0..<200 {
      let detection =
        "a: {\(item(&random))}\nb: {\(item(&random))}\ncondition: "
        + random.pick(["a and b", "a or b", "a and not b", "not a", "1 of them", "b"])
      texts.append(Self.rule(detection).replacing("id: t", with: "id: t\(index)"))
    }
    let set = RuleSet(texts.enumerated().map { RuleSet.Source(path: "\($0)", bytes: Array($1.utf8)) })
    #expect(set.errors.isEmpty)
    let together = RuleMatcher(set.rules.map { ($0.tree, $0.info.logSource) })
    let alone = set.rules.map { RuleMatcher([($0.tree, $0.info.logSource)]) }
    var state = MatchState()
    var states = alone.map { _ in MatchState() }
    for _ in 0..<200 {
      func value(_ random: inout SeededRandom) -> String {
        (0..<random.below(4)).map { _ in random.pick([random.pick(words), random.pick(words).uppercased()]) }.joined()
      }
      let event = "{\"f\":\"\(value(&random))\",\"g\":\"\(value(&random))\"}"
      let batch = EventDecoder.decode(Array(event.utf8))
      let found = together.match(batch[0], &state)
      let expected = alone.indices.filter { !alone[$0].match(batch[0], &states[$0]).isEmpty }
      #expect(found == expected, "\(event)")
    }
  }
}
