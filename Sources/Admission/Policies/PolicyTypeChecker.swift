package import Bytes
import Expressions
import Kube

/// Checks the expressions of a validating policy against the schemas of the kinds that it is about, as the controller
/// does that fills in `status.typeChecking`.
///
/// Source: k8s.io/apiserver `pkg/admission/plugin/policy/validating/typechecking.go`.
package struct PolicyTypeChecker: Sendable {
  /// An expression that does not type-check, in the form of `status.typeChecking.expressionWarnings`.
  package struct Warning: Sendable, Equatable {
    /// `spec.validations[0].expression`
    package let field: String
    package let text: String
  }

  private static let mostTypes = 10
  private let resources: ResourceTable
  private let customSchemas: [AdmissionRequest.Kind: DocumentNode]
  /// What was read already: policies are about the same few kinds, whose schemas are large.
  private var known: [AdmissionRequest.Kind: SchemaType?] = [:]

  /// - Parameter definitions: CustomResourceDefinitions among other objects.
  package init(_ definitions: [DocumentNode] = []) {
    resources = ResourceTable(customResources: definitions)
    var schemas: [AdmissionRequest.Kind: DocumentNode] = [:]
    for definition in definitions.compactMap({ CustomResourceDefinition($0) }) {
      for version in definition.versions {
        schemas[.init(group: definition.group, version: version.name, kind: definition.kind)] = version.schema?.node
      }
    }
    customSchemas = schemas
  }

  /// - Parameter policy: with its defaults, in the newest version.
  package mutating func check(_ policy: DocumentNode) -> [Warning] {
    let spec = policy["spec"] ?? [:]
    var kinds: [(AdmissionRequest.Kind, SchemaType)] = []
    for kind in self.kinds(spec) { if let schema = schema(kind) { kinds.append((kind, schema)) } }
    if kinds.isEmpty { return [] }
    var paramSchema: SchemaType?
    var hasParams = false
    if let paramKind = spec["paramKind"] {
      hasParams = true
      let (group, version) = APIResource.split(apiVersion: paramKind["apiVersion"]?.string ?? "")
      paramSchema = schema(.init(group: group, version: version, kind: paramKind["kind"]?.string ?? ""))
    }
    let environments = kinds.map { kind, schema in
      (kind, Self.environment(spec, schema, hasParams ? .some(paramSchema) : nil))
    }
    var warnings: [Warning] = []
    for (index, validation) in (spec["validations"]?.elements ?? []).enumerated() {
      for field in ["expression", "messageExpression"] {
        guard let source = validation[field]?.string, field == "expression" || !source.isEmpty else { continue }
        let faults = environments.compactMap { kind, environment -> String? in
          do throws(CELCompileError) {
            _ = try environment.compile(source)
            return nil
          } catch {
            guard case .issues(_, let text) = error else { return nil }
            return "\(kind.group)/\(kind.version), Kind=\(kind.kind): \(text)\n"
          }
        }
        if faults.isEmpty { continue }
        warnings.append(
          Warning(field: "spec.validations[\(index)].\(field)", text: faults.joined(separator: "\n")))
      }
    }
    return warnings
  }

  private static func environment(
    _ spec: DocumentNode, _ schema: SchemaType, _ params: SchemaType??
  ) -> CELEnvironment {
    var environment = CELEnvironment.storedExpressions
    environment.declare("namespaceObject", .namespace)
    environment.declare("request", .admissionRequest)
    environment.declare("object", schema)
    environment.declare("oldObject", schema)
    if let params {
      if let schema = params {
        environment.declare("params", schema)
      } else {
        environment.declare("params", .dyn)
      }
    }
    environment.declare("authorizer", .object("kubernetes.authorization.Authorizer"))
    environment.declareComposition()
    for variable in spec["variables"]?.elements ?? [] {
      let program = try? environment.compile(variable["expression"]?.string ?? "")
      environment.declareVariable(variable["name"]?.string ?? "", program?.outputType)
    }
    return environment
  }

  private mutating func schema(_ kind: AdmissionRequest.Kind) -> SchemaType? {
    if let found = known[kind] { return found }
    let node =
      APITypes.type(apiVersion: kind.apiVersion, kind: kind.kind)?.openAPISchema() ?? customSchemas[kind]
    let found = node.flatMap { SchemaType.read($0, name: kind.kind, isResourceRoot: true) }
    known[kind] = .some(found)
    return found
  }

  /// The kinds that the rules name one by one, in order, ten at most.
  private func kinds(_ spec: DocumentNode) -> [AdmissionRequest.Kind] {
    var found: [AdmissionRequest.Kind] = []
    for rule in spec[path: "matchConstraints", "resourceRules"]?.elements ?? [] {
      let groups = rule["apiGroups"]?.strings ?? []
      let versions = rule["apiVersions"]?.strings ?? []
      if (groups + versions).contains(where: { $0.contains("*") }) { continue }
      let names = (rule["resources"]?.strings ?? []).filter { !$0.contains("*") && !$0.contains("/") }
      var count = 0
      rule: for group in groups.sorted() {
        for version in versions.sorted() {
          for name in names.sorted() {
            for kind in resolved(group, version, name.lowercased()) {
              if !found.contains(kind) { found.append(kind) }
              count += 1
              if count == Self.mostTypes { return Self.sorted(found) }
            }
          }
        }
      }
    }
    return Self.sorted(found)
  }

  /// Kinds of a resource, by its plural or singular name. The server's mapper takes the group of the core for no group at all, and
  /// finds the resource in every one.
  ///
  /// Source: `DefaultRESTMapper.KindsFor` in k8s.io/apimachinery `pkg/api/meta/restmapper.go`.
  private func resolved(_ group: String, _ version: String, _ name: String) -> [AdmissionRequest.Kind] {
    resources.all.filter { resource in
      resource.version == version && resource.subresource.isEmpty && (group.isEmpty || resource.group == group)
        && (resource.resource == name || resource.kind.lowercased() == name)
    }.map { AdmissionRequest.Kind(group: $0.group, version: $0.version, kind: $0.kind) }
  }

  private static func sorted(_ kinds: [AdmissionRequest.Kind]) -> [AdmissionRequest.Kind] {
    kinds.sorted { ($0.group, $0.version, $0.kind) < ($1.group, $1.version, $1.kind) }
  }
}
