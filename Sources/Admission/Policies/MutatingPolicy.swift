package import Bytes
import Expressions
package import Kube
import Validation

/// A MutatingAdmissionPolicy, made ready to change requests.
package final class MutatingPolicy: Sendable {
  enum Mutation: Sendable {
    case applyConfiguration(PolicyExpression)
    case jsonPatch(PolicyExpression)
  }

  package let name: String
  /// Nil for a policy that was not read from a snapshot.
  package let object: KubeObject?
  package let root: DocumentNode
  /// Nil for a policy without `matchConstraints`, which the server treats as a configuration error.
  package let match: MatchResources?
  /// `failurePolicy: Ignore`.
  package let ignoresFailures: Bool
  /// Whether it is asked again after others changed the object.
  package let isReinvoked: Bool
  let matchConditions: [PolicyExpression]
  let variables: [(name: String, program: Result<CELProgram, CELCompileError>)]
  let mutations: [Mutation]
  let paramKind: AdmissionRequest.Kind?
  let needs: PolicyNeeds

  package convenience init(_ object: KubeObject) { self.init(object.root, object) }

  package init(_ node: DocumentNode, _ object: KubeObject? = nil) {
    let newest =
      ServerObject.decoded(node).flatMap { Conversion.convert($0, to: "admissionregistration.k8s.io/v1") } ?? node
    root = newest
    self.object = object
    name = newest.metadataName
    let spec = newest["spec"] ?? [:]
    match = spec["matchConstraints"].map { MatchResources($0) }
    ignoresFailures = spec["failurePolicy"]?.string == "Ignore"
    isReinvoked = spec["reinvocationPolicy"]?.string == "IfNeeded"
    paramKind = spec["paramKind"].map { kind in
      let (group, version) = APIResource.split(apiVersion: kind["apiVersion"]?.string ?? "")
      return AdmissionRequest.Kind(group: group, version: version, kind: kind["kind"]?.string ?? "")
    }
    needs = PolicyNeeds(spec)
    let hasParams = paramKind != nil
    var plain = CELEnvironment.policies(params: hasParams, authorizer: true)
    var patches = CELEnvironment.policies(params: hasParams, authorizer: true, patchTypes: true)
    plain.declareComposition()
    patches.declareComposition()
    var variables: [(name: String, program: Result<CELProgram, CELCompileError>)] = []
    for variable in spec["variables"]?.elements ?? [] {
      let name = variable["name"]?.string ?? ""
      let source = variable["expression"]?.string ?? ""
      var type: CELType?
      do throws(CELCompileError) {
        let program = try plain.compile(source)
        variables.append((name, .success(program)))
        type = program.outputType
      } catch {
        variables.append((name, .failure(error)))
      }
      plain.declareVariable(name, type)
      patches.declareVariable(name, type)
    }
    self.variables = variables
    matchConditions = (spec["matchConditions"]?.elements ?? []).map {
      PolicyExpression($0["expression"]?.string ?? "", plain, gives: [.bool])
    }
    mutations = (spec["mutations"]?.elements ?? []).compactMap { mutation in
      switch mutation["patchType"]?.string {
      case "ApplyConfiguration":
        let source = mutation[path: "applyConfiguration", "expression"]?.string ?? ""
        return .applyConfiguration(PolicyExpression(source, patches, gives: [.object("Object")]))
      case "JSONPatch":
        let source = mutation[path: "jsonPatch", "expression"]?.string ?? ""
        return .jsonPatch(PolicyExpression(source, patches, gives: [.list(.object("JSONPatch"))]))
      default: return nil
      }
    }
  }
}
