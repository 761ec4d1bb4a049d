import Bytes
import Kube
import TestKit
import Testing

@Suite struct LabelSelectorTests {
  private static func selector(_ yaml: String) throws -> LabelSelector {
    try LabelSelector(#require(YAMLReader.readStream(yaml).documents.first))
  }

  @Test(arguments: [
    ("{}", ["a": "1"], true), ("{}", [:], true), ("{matchLabels: {a: '1'}}", ["a": "1", "b": "2"], true),
    ("{matchLabels: {a: '1'}}", ["a": "2"], false), ("{matchLabels: {a: '1', b: '2'}}", ["a": "1"], false),
    ("{matchExpressions: [{key: a, operator: In, values: [x, y]}]}", ["a": "y"], true),
    ("{matchExpressions: [{key: a, operator: In, values: [x, y]}]}", [:], false),
    ("{matchExpressions: [{key: a, operator: NotIn, values: [x]}]}", [:], true),
    ("{matchExpressions: [{key: a, operator: NotIn, values: [x]}]}", ["a": "x"], false),
    ("{matchExpressions: [{key: a, operator: Exists}]}", ["a": ""], true),
    ("{matchExpressions: [{key: a, operator: DoesNotExist}]}", ["a": ""], false),
    ("{matchLabels: {a: '1'}, matchExpressions: [{key: b, operator: DoesNotExist}]}", ["a": "1"], true),
  ])
  func matching(_ yaml: String, _ labels: [String: String], _ expected: Bool) throws {
    #expect(try Self.selector(yaml).matches(labels) == expected)
  }

  @Test(arguments: [
    "[]", "{matchExpressions: [{key: a, operator: in, values: [x]}]}", "{matchExpressions: [{key: a, operator: In}]}",
    "{matchExpressions: [{key: a, operator: Exists, values: [x]}]}", "{matchExpressions: [{operator: Exists}]}",
    "{matchLabels: {a: 1}}",
  ])
  func whatTheServerRefusesIsRefused(_ yaml: String) {
    #expect(throws: LabelSelector.Invalid.self) { try Self.selector(yaml) }
  }

  /// In and NotIn, Exists and DoesNotExist are each other's complement, whatever the labels.
  @Test func complements() {
    var random = SeededRandom(seed: 11)
    for _ in 0..<2000 {
      let values = (0...random.below(2)).map { _ in random.pick(["x", "y", "z"]) }
      var labels: [String: String] = [:]
      for key in ["a", "b"] where random.below(2) == 0 { labels[key] = random.pick(["x", "y", "z"]) }
      func matches(_ comparison: LabelSelector.Operator, _ values: [String] = []) -> Bool {
        LabelSelector.Requirement(key: "a", comparison: comparison, values: values).matches(labels)
      }
      #expect(matches(.isIn, values) != matches(.notIn, values))
      #expect(matches(.exists) != matches(.doesNotExist))
      if matches(.isIn, values) { #expect(matches(.exists)) }
    }
  }
}
