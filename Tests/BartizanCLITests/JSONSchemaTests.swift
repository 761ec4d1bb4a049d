import Bytes
import TestKit
import Testing

/// The validator that judges what commands print refuses what it should.
@Suite struct JSONSchemaTests {
  private static let schema = """
    {"type":"object","required":["a"],"additionalProperties":false,"properties":{
      "a":{"type":"integer","minimum":1,"maximum":9},"b":{"type":["string","null"],"pattern":"^x+$"},
      "c":{"type":"array","items":{"$ref":"#/$defs/pair"},"minItems":1,"maxItems":2},"d":{"enum":["u","v"]},
      "e":{"oneOf":[{"type":"null"},{"type":"object","properties":{"f":{"const":true}}}]},
      "g":{"type":"object","additionalProperties":{"type":"number"}}},
     "$defs":{"pair":{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":2}}}
    """

  @Test(arguments: [
    (#"{"a":1}"#, true), (#"{"a":9,"b":null,"c":[[1,2]],"d":"u","e":null,"g":{"x":1.5}}"#, true), (#"{}"#, false),
    (#"{"a":0}"#, false), (#"{"a":10}"#, false), (#"{"a":1.5}"#, false), (#"{"a":"1"}"#, false),
    (#"{"a":1,"z":1}"#, false),
    (#"{"a":1,"b":"xx"}"#, true), (#"{"a":1,"b":"xy"}"#, false), (#"{"a":1,"c":[]}"#, false),
    (#"{"a":1,"c":[[1,2],[1,2],[1,2]]}"#, false), (#"{"a":1,"c":[[1]]}"#, false), (#"{"a":1,"d":"w"}"#, false),
    (#"{"a":1,"e":{"f":true}}"#, true), (#"{"a":1,"e":{"f":false}}"#, false), (#"{"a":1,"g":{"x":"y"}}"#, false),
    (#"[]"#, false),
  ]) func documentsAreJudged(_ text: String, _ isValid: Bool) throws {
    let schema = try JSONSchema(try JSONReader.read(Self.schema))
    #expect(schema.violations(try JSONReader.read(text)).isEmpty == isValid, "\(text)")
  }

  @Test(arguments: [#"{"anyOf":[]}"#, #"{"properties":{"a":{"format":"date"}}}"#, #"{"$defs":{"a":{"not":{}}}}"#, "[]"])
  func whatIsNotUnderstoodIsRefused(_ text: String) {
    #expect(throws: JSONSchema.Unsupported.self) { try JSONSchema(try JSONReader.read(text)) }
  }
}
