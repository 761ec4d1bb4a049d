import Bytes
import Expressions
import TestKit
import Testing

/// Expressions that are made to hurt: each ends in an answer, and soon.
@Suite struct HostileExpressionTests {
  private static let environment: CELEnvironment = {
    var environment = CELEnvironment.storedExpressions
    environment.declare("object", .dyn)
    environment.declare("n", .int)
    environment.declare("s", .string)
    return environment
  }()

  private static var activation: CELActivation {
    let items = CELValue.list((0..<50).map { .int($0) })
    var entries = CELEntries()
    _ = entries.insert(.string("items"), items)
    _ = entries.insert(.string("name"), .string("web-1"))
    return CELActivation([("object", .map(.values(entries))), ("n", .int(7)), ("s", .string("a,b,naïve"))])
  }

  private static func refusal(_ source: String) -> String {
    do throws(CELCompileError) {
      _ = try environment.compile(source)
      return "compiles"
    } catch {
      return error.serverText
    }
  }

  private static func outcome(_ source: String, costLimit: UInt64 = CELCost.perCall) -> String {
    do throws(CELCompileError) {
      switch try environment.compile(source).evaluate(activation, costLimit: costLimit).value {
      case .success(let value): return "\(value)"
      case .failure(let failure): return failure.message
      }
    } catch {
      return error.serverText
    }
  }

  @Test(arguments: ["(", "[", "{'a': ", "-", "!", "f(", "size(", "[1].map(x, "])
  func deepNestingIsRefused(_ opening: String) {
    #expect(Self.refusal(String(repeating: opening, count: 60_000 / opening.utf8.count)).contains("ERROR"))
  }

  @Test func deepNestingIsRefusedInTheWordsOfTheServer() {
    let source = String(repeating: "(", count: 400) + "1" + String(repeating: ")", count: 400)
    #expect(Self.refusal(source).contains("expression recursion limit exceeded: 250"))
  }

  @Test func longChainsAreReadOrRefusedButNeverOverflow() {
    for source in [
      "object" + String(repeating: ".a", count: 40_000), "object" + String(repeating: "[0]", count: 30_000),
      "1" + String(repeating: "+1", count: 40_000), "true" + String(repeating: "&&true", count: 15_000),
      "true" + String(repeating: "?true:false", count: 8_000), "s" + String(repeating: ".trim()", count: 13_000),
      "[" + String(repeating: "1,", count: 40_000) + "1]", "{" + String(repeating: "1:1,", count: 20_000) + "2:2}",
      "optional.of(1)" + String(repeating: ".optMap(x, x)", count: 7_000),
      "[1]" + String(repeating: ".map(x, x)", count: 9_000),
    ] {
      _ = Self.outcome(source)
    }
  }

  @Test func sourcesHaveASize() {
    #expect(Self.refusal(String(repeating: " ", count: 200_000) + "1").contains("size"))
  }

  @Test func loopsEndByTheirCost() {
    let range = "[0,1,2,3,4,5,6,7,8,9]"
    var source = "true"
    for depth in 0..<9 { source = "\(range).all(x\(depth), \(source))" }
    #expect(Self.outcome(source) == "operation cancelled: actual cost limit exceeded")
    #expect(
      Self.outcome(
        "object.items.map(a, object.items.map(b, object.items.map(c, object.items.map(d, s + s)))).size() > 0")
        == "operation cancelled: actual cost limit exceeded")
  }

  @Test func regularExpressionsEnd() {
    #expect(Self.outcome("('a' + s).matches('(a*)*(a*)*(a*)*b')") != "")
    #expect(Self.refusal("s.matches('((a{100}){100}){100}')").contains("invalid matches argument"))
    #expect(
      Self.refusal("s.matches('(((((((((((((a?){9}){9}){9}){9}){9}){9}){9}){9}){9}){9}){9}){9})')").contains("ERROR"))
    let dots = String(repeating: ".*", count: 500)
    _ = Self.outcome("s.matches('\(dots)x')")
  }

  @Test(
    arguments: [
      "99999999999999999999999999", "-9223372036854775808", "9223372036854775808", "18446744073709551616u",
      "1e999999999",
      "-9223372036854775808 / -1", "-9223372036854775808 % -1", "-(-9223372036854775808)", "9223372036854775807 + 1",
      "-9223372036854775808 - 1", "9223372036854775807 * 2", "int(1e300)", "uint(-1)", "int(double('nan'))", "1 / 0",
      "1u / 0u", "1 % 0", "0u - 1u", "duration('99999999999999h')", "duration('2540400h') + duration('2540400h')",
      "timestamp('9999-12-31T23:59:59Z') + duration('24h')", "timestamp('0001-01-01T00:00:00Z') - duration('24h')",
      "timestamp('9999-12-31T23:59:59Z') - timestamp('0001-01-01T00:00:00Z')", "timestamp(9223372036854775807)",
      "quantity('1e99999999999999999999')", "quantity('99999999999999999999999999999999999Ei')",
      "quantity('9223372036854775807').add(9223372036854775807)", "semver('99999999999999999999.0.0')",
      "'a'.substring(-1)", "'a'.substring(9223372036854775807)", "'abc'.substring(2, 1)",
      "'a'.charAt(-9223372036854775808)",
      "'abc'.replace('', 'x', 9223372036854775807)", "'a,b'.split(',', -9223372036854775808)",
      "'a'.indexOf('a', 9223372036854775807)", "'a'.lastIndexOf('a', -9223372036854775808)",
      "'%.999999999f'.format([1.0])", "'%99999999999d'.format([1])", "'%d'.format([])", "'%s'.format([object])",
      "[1][9223372036854775807]", "[1][-9223372036854775808]", "[1][n]", "[1, 2].sum() + 9223372036854775807",
      "[-9223372036854775808, -1].sum()", "ip('1.2.3.4.5')", "cidr('::/129')", "cidr('0.0.0.0/0').containsIP('::1')",
      "url('http://[::1')", "'aXX'.matches('[')", "string(b'\\xff')", "'\\U0011ffff'", "'\\ud800'", "b'\\777'",
      "[1, 2, 3].slice(3, 1)", "[[1]].flatten(-1)", "lists.range(9223372036854775807)", "lists.range(-1)",
      "'x'.format(['x'])", "{1: 2}[1.5]", "{1: 2, 1u: 3, 1.0: 4}", "type(type(type(1)))", "size(1)", "[].max()",
      "timestamp('2009-02-13T23:31:30Z').getHours('99999999:99999999')",
      "timestamp('0001-01-01T00:00:00Z').getFullYear('-23:59')", "timestamp('9999-12-31T23:59:59Z').getHours('23:59')",
      "timestamp('9999-12-31T23:59:59Z').getHours('Europe/Berlin')",
    ])
  func extremesOfNumbersAndTextsAnswer(_ source: String) {
    #expect(Self.outcome(source) != "")
  }

  /// Expressions put together from pieces of real ones: nothing traps, and what compiles evaluates.
  @Test func mutatedExpressionsNeverTrap() {
    var random = SeededRandom(seed: 19)
    let seeds = [
      "object.items.exists(x, x == 3) && object.name.startsWith('web')", "has(object.items) ? size(object.items) : 0",
      "object.?spec.?replicas.orValue(3) >= n", "s.split(',').map(p, p.trim()).join('|').size() < 10u",
      "object.items.filter(i, i % 2 == 0).all(i, i in [0, 2, 4])", "[1, 2, 3].transformList(i, v, i > 0, v * 2)",
      "quantity('1Gi').isGreaterThan(quantity('500Mi')) || ip('10.0.0.1').family() == 4",
      "cidr('10.0.0.0/8').containsIP('10.1.2.3') ? semver('1.2.3').major() : -1",
      "timestamp('2024-01-02T03:04:05Z') + duration('1h30m') > timestamp('2023-01-01T00:00:00Z')",
      "'%s has %d at %.2f'.format([s, n, 1.5])", "{'a': 1, 'b': [2.5, null]}['b'][?0].hasValue()",
      "s.matches('^[a-z]+(,[a-z])*$') && s.findAll('[a-z]', 2).size() == 2", "b'ab' + bytes(s) == b'\\x00'",
      "sets.contains([1, 2], [2]) && url('https://a:80/p?q=1').getPort() == '80'",
      "type(object.items) == list && string(n) + 'x' != r'\\d'", "optional.of(n).optMap(v, v + 1).value() - 0x1F",
      "/* no comment */ object.items.isSorted() // comment\n && !format.dns1123Label().validate(s).hasValue()",
    ]
    let tokens = [
      "(", ")", "[", "]", "{", "}", ".", ",", ":", "?", "&&", "||", "!", "-", "+", "*", "/", "%", "==", "<", ">=", "in",
      "'", "\"", "'''", "r'", "b\"", "\\", "\\u12", "0x", "1e", "9223372036854775807", "-9223372036854775808", "1u",
      "1.5", "null", "true", "object", "n", "s", ".all(x, ", ".map(y, ", "has(", "optional.none()", ".?", "[?", "\u{0}",
      "é", "\u{1F600}", "// ", "size(", "dyn(", "int(", "string(", "duration(", ".format([", "cel.bind(", "__result__",
    ]
    var compiled = 0
    for _ in 0..<1_500 {
      var scalars = Array(random.pick(seeds).unicodeScalars)
      for _ in 0...random.below(3) {
        let place = random.below(scalars.count + 1)
        switch random.below(4) {
        case 0: scalars.insert(contentsOf: random.pick(tokens).unicodeScalars, at: place)
        case 1: scalars.removeSubrange(place..<min(scalars.count, place + random.below(4)))
        case 2:
          let other = Array(random.pick(seeds).unicodeScalars)
          let start = random.below(other.count)
          scalars.insert(contentsOf: other[start..<min(other.count, start + random.below(30))], at: place)
        default: if place < scalars.count { scalars[place] = random.pick(["0", "9", "a", "'", ".", "("]) }
        }
      }
      var source = ""
      source.unicodeScalars.append(contentsOf: scalars)
      if let program = try? Self.environment.compile(source) {
        compiled += 1
        _ = program.evaluate(Self.activation, costLimit: 20_000)
      }
      if let program = try? Self.environment.compileUnchecked(source) {
        _ = program.evaluate(Self.activation, costLimit: 20_000)
      }
    }
    #expect(compiled > 50)
  }
}
