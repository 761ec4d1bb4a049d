import Bytes
import Expressions
import TestKit

/// A test of the CEL specification (`tests/simple`), as its JSON has it.
struct ConformanceCase {
  let id: String
  let text: DocumentNode
  let source: String
  let container: String
  let isUnchecked: Bool
  let isCheckOnly: Bool

  static func all() throws -> [ConformanceCase] {
    var cases: [ConformanceCase] = []
    for path in SharedData.files("posture/cel-spec/json") where path.hasSuffix(".json") {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      let bytes = try SharedData.bytes("posture/cel-spec/json/" + name)
      let file = try JSONReader.read(bytes.span)
      for section in file["section"]?.elements ?? [] {
        for test in section["test"]?.elements ?? [] {
          let id = [name.dropLast(5).description, section["name"]?.string ?? "", test["name"]?.string ?? ""]
          cases.append(
            ConformanceCase(
              id: id.joined(separator: "/"), text: test, source: test["expr"]?.string ?? "",
              container: test["container"]?.string ?? "", isUnchecked: test["disable_check"]?.bool ?? false,
              isCheckOnly: test["check_only"]?.bool ?? false))
        }
      }
    }
    return cases
  }

  /// Whether the test is about messages of protocol buffers: it names one, makes one, or expects one.
  var needsMessage: Bool {
    if container.hasPrefix("cel.expr.conformance") || container == "google.protobuf" { return true }
    return Self.mentionsMessage(text)
  }

  private static let messageWords = [
    "TestAllTypes", "google.protobuf.Any", "google.protobuf.Value", "google.protobuf.Struct",
    "google.protobuf.ListValue",
    "google.protobuf.NullValue", "Int32Value", "Int64Value", "UInt32Value", "UInt64Value", "FloatValue", "DoubleValue",
    "BoolValue", "StringValue", "BytesValue", "google.protobuf.Duration{", "google.protobuf.Timestamp{", "GlobalEnum",
    "NestedTestAllTypes", "proto.",
  ]

  private static func mentionsMessage(_ node: DocumentNode) -> Bool {
    switch node.content {
    case .string(let text): return messageWords.contains { text.contains($0) }
    case .array(let nodes): return nodes.contains { mentionsMessage($0) }
    case .object(let mapping):
      return mapping.entries.contains {
        $0.key == "object_value" || $0.key == "enum_value" || $0.key == "message_type" && $0.value.string != nil
          || mentionsMessage($0.value)
      }
    default: return false
    }
  }

  private static let plain = CELEnvironment.specification(container: "")

  struct Mismatch: Error, CustomStringConvertible {
    let description: String
  }

  func run() throws {
    var environment = container.isEmpty ? Self.plain : CELEnvironment.specification(container: container)
    for declaration in text["type_env"]?.elements ?? [] {
      let name = declaration["name"]?.string ?? ""
      if let ident = declaration["ident"] {
        let type = try Self.type(ident["type"])
        environment.declare(name, type)
      }
      for overload in declaration[path: "function", "overloads"]?.elements ?? [] {
        var parameters: [CELType] = []
        for parameter in overload["params"]?.elements ?? [] {
          let type = try Self.type(parameter)
          parameters.append(type)
        }
        let result = try Self.type(overload["result_type"])
        environment.declareFunction(
          name, id: overload["overload_id"]?.string ?? "", isMember: overload["is_instance_function"]?.bool ?? false,
          parameters, result)
      }
    }
    let activation = CELActivation()
    for binding in text["bindings"]?.entries ?? [] {
      if isUnchecked, !environment.declares(binding.key) { environment.declare(binding.key, .dyn) }
      let node = binding.value["value"] ?? binding.value
      let value = try Self.value(node)
      activation.set(binding.key, value)
    }
    let wantsError = text["eval_error"] != nil
    let program: CELProgram
    switch Self.compiled(environment, source, isUnchecked) {
    case .success(let made): program = made
    case .failure(let error):
      if wantsError { return }
      throw Mismatch(description: "does not compile: \(error)")
    }
    if let wanted = text[path: "typed_result", "deduced_type"] {
      let type = try Self.type(wanted)
      guard program.outputType == type else {
        throw Mismatch(description: "type \(program.outputType), expected \(type)")
      }
      if isCheckOnly { return }
    }
    let result = program.evaluate(activation, costLimit: .max)
    switch result.value {
    case .failure(let failure):
      if !wantsError { throw Mismatch(description: "failed: \(failure.message)") }
    case .success(let value):
      if wantsError { throw Mismatch(description: "gave \(value), expected a failure") }
      var wanted: CELValue?
      if let node = text["value"] ?? text[path: "typed_result", "result"] { wanted = try Self.value(node) }
      guard Self.same(value, wanted ?? .bool(true)) else {
        throw Mismatch(description: "gave \(value), expected \(wanted.map { "\($0)" } ?? "true")")
      }
    }
  }

  private static func compiled(
    _ environment: CELEnvironment, _ source: String, _ isUnchecked: Bool
  ) -> Result<CELProgram, CELCompileError> {
    Result { () throws(CELCompileError) in
      if isUnchecked { return try environment.compileUnchecked(source) }
      return try environment.compile(source)
    }
  }

  // MARK: Values and types of the JSON

  static func type(_ node: DocumentNode?) throws -> CELType {
    guard let node else { return .dyn }
    if node["null"] != nil || node.mapping?["null"] != nil { return .null }
    if node["dyn"] != nil || node.mapping?["dyn"] != nil { return .dyn }
    if let primitive = node["primitive"]?.string {
      switch primitive {
      case "BOOL": return .bool
      case "INT64": return .int
      case "UINT64": return .uint
      case "DOUBLE": return .double
      case "STRING": return .string
      case "BYTES": return .bytes
      default: break
      }
    }
    if let wrapper = node["wrapper"]?.string {
      let primitive = Mapping.Entry(key: "primitive", value: DocumentNode(.string(wrapper)))
      let inner = try type(DocumentNode(.object(Mapping([primitive]))))
      return .wrapper(inner)
    }
    if let known = node["well_known"]?.string {
      return known == "ANY" ? .any : known == "TIMESTAMP" ? .timestamp : .duration
    }
    if let list = node["list_type"] {
      let element = try type(list["elem_type"])
      return .list(element)
    }
    if let map = node["map_type"] {
      let key = try type(map["key_type"])
      let value = try type(map["value_type"])
      return .map(key, value)
    }
    if let parameter = node["type_param"]?.string { return .parameter(parameter) }
    if let inner = node["type"] {
      let type = try type(inner)
      return .type(type)
    }
    if let abstract = node["abstract_type"] {
      var parameters: [CELType] = []
      for parameter in abstract["parameter_types"]?.elements ?? [] {
        let made = try type(parameter)
        parameters.append(made)
      }
      return .opaque(abstract["name"]?.string ?? "", parameters)
    }
    switch node["message_type"]?.string {
    case "google.protobuf.Duration": return .duration
    case "google.protobuf.Timestamp": return .timestamp
    case let message?: return .object(message)
    case nil: break
    }
    throw Mismatch(description: "a type that the test does not know: \(node)")
  }

  static func value(_ node: DocumentNode) throws -> CELValue {
    guard let entry = node.entries.first else { return .null }
    let content = entry.value
    switch entry.key {
    case "null_value": return .null
    case "bool_value": return .bool(content.bool ?? false)
    case "int64_value": return .int(content.text.flatMap { Int64($0) } ?? 0)
    case "uint64_value": return .uint(content.text.flatMap { UInt64($0) } ?? 0)
    case "double_value":
      switch content.content {
      case .double(let value): return .double(value)
      case .int(let value): return .double(Double(value))
      case .string("NaN"): return .double(.nan)
      case .string("Infinity"): return .double(.infinity)
      case .string("-Infinity"): return .double(-.infinity)
      default: return .double(0)
      }
    case "string_value": return .string(content.string ?? "")
    case "bytes_value": return .bytes(base64(content.string ?? ""))
    case "list_value":
      var values: [CELValue] = []
      for element in content["values"]?.elements ?? [] { values.append(try value(element)) }
      return .list(values)
    case "map_value":
      var entries = CELEntries()
      for element in content["entries"]?.elements ?? [] {
        guard let key = element["key"], let held = element["value"] else { continue }
        let made = try value(key)
        let content = try value(held)
        _ = entries.insert(made, content)
      }
      return .map(.values(entries))
    case "type_value": return .type(typeValue(content.string ?? ""))
    case "object_value":
      switch content["@type"]?.string {
      case "type.googleapis.com/google.protobuf.Timestamp":
        if let time = CELTimestamp(text: content["value"]?.string ?? "") { return .timestamp(time) }
      case "type.googleapis.com/google.protobuf.Duration":
        if let text = content["value"]?.string, let seconds = Double(text.dropLast()) {
          return .duration(Int64((seconds * 1e9).rounded()))
        }
      default: break
      }
      throw Mismatch(description: "a message: \(content["@type"]?.string ?? "")")
    default: throw Mismatch(description: "a value that the test does not know: \(entry.key)")
    }
  }

  private static func typeValue(_ name: String) -> CELType {
    switch name {
    case "bool": .bool
    case "int": .int
    case "uint": .uint
    case "double": .double
    case "string": .string
    case "bytes": .bytes
    case "null_type": .null
    case "list": .list(.dyn)
    case "map": .map(.dyn, .dyn)
    case "type": .type(nil)
    case "google.protobuf.Timestamp": .timestamp
    case "google.protobuf.Duration": .duration
    default: .object(name)
    }
  }

  private static func base64(_ text: String) -> [UInt8] {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var result: [UInt8] = []
    var held = 0
    var bits = 0
    for byte in text.utf8 {
      guard let digit = alphabet.firstIndex(of: byte) else { continue }
      held = held << 6 | digit
      bits += 6
      if bits >= 8 {
        bits -= 8
        result.append(UInt8(held >> bits & 0xFF))
      }
    }
    return result
  }

  /// The same value of the same type.
  private static func same(_ a: CELValue, _ b: CELValue) -> Bool {
    switch (a, b) {
    case (.null, .null): return true
    case (.bool(let x), .bool(let y)): return x == y
    case (.int(let x), .int(let y)): return x == y
    case (.uint(let x), .uint(let y)): return x == y
    case (.double(let x), .double(let y)): return x == y || x.isNaN && y.isNaN
    case (.string(let x), .string(let y)): return x.utf8.elementsEqual(y.utf8)
    case (.bytes(let x), .bytes(let y)): return x == y
    case (.timestamp(let x), .timestamp(let y)): return x == y
    case (.duration(let x), .duration(let y)): return x == y
    case (.type(let x), .type(let y)): return x.name == y.name
    case (.list(let x), .list(let y)):
      return x.count == y.count && (0..<x.count).allSatisfy { same(x[$0], y[$0]) }
    case (.map(let x), .map(let y)):
      return x.count == y.count && x.entries.allSatisfy { entry in y[entry.key].map { same(entry.value, $0) } ?? false }
    default: return false
    }
  }
}
