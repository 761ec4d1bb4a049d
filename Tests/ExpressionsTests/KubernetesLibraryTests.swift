import Bytes
import Expressions
import TestKit
import Testing

/// Cases of the API server's own tests of its libraries, and what its expressions cost.
@Suite struct KubernetesLibraryTests {
  @Test func theCasesOfTheLibrariesPass() throws {
    guard SharedData.isPresent else {
      print(SharedData.skipMessage)
      return
    }
    let bytes = try SharedData.bytes("posture/k8s-cel/library-cases.json")
    let cases = try JSONReader.read(bytes.span).elements
    let environment = CELEnvironment.storedExpressions
    var failed: [String] = []
    for test in cases {
      let name = "\(test["lib"]?.string ?? "")/\(test["name"]?.string ?? "")"
      if let fault = Self.fault(of: test, environment) {
        failed.append("\(name): \(test["expr"]?.string ?? ""): \(fault)")
      }
    }
    for line in failed { print(line) }
    print("Kubernetes libraries: \(cases.count - failed.count) of \(cases.count) cases pass")
    #expect(failed.isEmpty)
    #expect(cases.count >= 168)
  }

  private static func fault(of test: DocumentNode, _ environment: CELEnvironment) -> String? {
    let source = test["expr"]?.string ?? ""
    let refusal = (test["expectCompileErrs"] ?? test["expectedCompileErr"])?.strings.first
    let program: CELProgram
    do throws(CELCompileError) {
      program = try environment.compile(source)
    } catch {
      guard let refusal else { return error.serverText }
      // The expected text is a regular expression.
      guard let pattern = try? LinearRegex(refusal), pattern.matches(error.serverText) else {
        return "refused with \(error.serverText)"
      }
      return nil
    }
    if refusal != nil { return "compiles" }
    let wanted = test["expect"]
    switch program.evaluate(CELActivation()).value {
    case .failure(let failure):
      if let text = test["expectRuntimeErr"]?.string {
        return failure.message.contains(text) ? nil : "failed with \(failure.message)"
      }
      return wanted == nil ? nil : "failed with \(failure.message)"
    case .success(let value):
      guard let wanted else { return test["expectRuntimeErr"] == nil ? "gave \(value)" : "gave \(value)" }
      return matches(value, wanted) ? nil : "gave \(value)"
    }
  }

  private static func matches(_ value: CELValue, _ wanted: DocumentNode) -> Bool {
    if let truth = wanted.bool { return value.bool == truth }
    if wanted["optional"]?.string == "none" {
      if case .optional(let optional) = value { return optional.value == nil }
      return false
    }
    if let type = wanted["type"]?.string {
      switch (type, value) {
      case ("int", .int(let number)): return wanted["value"]?.int == number
      case ("double", .double(let number)): return wanted["value"]?.text.flatMap { Double($0) } == number
      case ("string", .string(let text)): return wanted["value"]?.string == text
      default: return false
      }
    }
    // Values of Go: what can be told of them.
    switch value {
    case .int(4): return wanted["opaque"]?.string == "int4"
    case .int(6): return wanted["opaque"]?.string == "int6"
    case .optional(let optional):
      guard case .list(let list)? = optional.value else { return false }
      let texts = wanted[path: "opaque", "args"]?.elements.first?["args"]?.elements.last?.strings ?? []
      return list.values.compactMap(\.string) == texts && !texts.isEmpty
    case .opaque(let made):
      let names = [
        "apiservercel.CIDR": "net.CIDR", "apiservercel.IP": "net.IP", "apiservercel.Quantity": "kubernetes.Quantity",
        "apiservercel.Semver": "kubernetes.Semver",
      ]
      return names[wanted[path: "opaque", "$type"]?.string ?? ""] == made.type.name
    default: return false
    }
  }

  private struct EverythingAllowed: CELAuthorizer {
    func authorize(_ attributes: CELAuthorizerAttributes) -> CELAuthorizerDecision {
      CELAuthorizerDecision(isAllowed: true)
    }
  }

  @Test func expressionsCostWhatTheyCostTheServer() throws {
    guard SharedData.isPresent else {
      print(SharedData.skipMessage)
      return
    }
    let bytes = try SharedData.bytes("posture/k8s-cel/cost-exprs.json")
    let cases = try JSONReader.read(bytes.span).elements
    var environment = CELEnvironment.storedExpressions.withoutServerOptions()
    environment.declare("authorizer", .object("kubernetes.authorization.Authorizer"))
    let activation = CELActivation([("authorizer", .authorizer(EverythingAllowed()))])
    var differing: [String] = []
    for test in cases {
      let source = test["expr"]?.string ?? ""
      let wanted = test["expectRuntimeCost"]?.int ?? -1
      switch Result(catching: { () throws(CELCompileError) in try environment.compile(source) }) {
      case .failure(let error): differing.append("\(source): \(error.serverText)")
      case .success(let program):
        let result = program.evaluate(activation)
        if Int64(result.cost) != wanted { differing.append("\(source): cost \(result.cost), recorded \(wanted)") }
      }
    }
    for line in differing { print(line) }
    print("Costs: \(cases.count - differing.count) of \(cases.count) agree")
    #expect(differing.isEmpty)
  }
}
