package import Bytes
package import Kube

/// What the API server has against a definition of custom resources when it is made.
///
/// Costs of rules are not estimated; a rule that the server would call too expensive is not found.
///
/// Source: k8s.io/apiextensions-apiserver `pkg/apis/apiextensions/validation/validation.go`; the server's own form is that of
/// `pkg/apis/apiextensions/v1/conversion.go`: what all versions have in common stands at the top.
package struct CustomResourceDefinitionLint {
  private let root: DocumentNode
  private let spec: DocumentNode
  private let versions: [DocumentNode]
  private let name: String
  private var errors: [FieldError] = []

  /// - Returns: nil for what is no definition of custom resources.
  package static func errors(_ root: DocumentNode) -> [FieldError]? {
    guard let kind = ServerObject.kind(of: root), kind.group == "apiextensions.k8s.io",
      kind.kind == "CustomResourceDefinition"
    else { return nil }
    var lint = CustomResourceDefinitionLint(root)
    lint.check()
    return lint.errors
  }

  private init(_ root: DocumentNode) {
    self.root = root
    spec = root["spec"] ?? [:]
    versions = spec["versions"]?.elements ?? []
    name = root[path: "metadata", "name"]?.string ?? ""
  }

  private mutating func required(_ path: String, _ detail: String = "") { errors.append(.required(path, detail)) }

  private mutating func invalid(_ path: String, _ value: DocumentNode?, _ detail: String) {
    errors.append(.invalid(path, value ?? DocumentNode(.string("")), detail))
  }

  private mutating func label(_ node: DocumentNode?, _ path: String, isKind: Bool = false) {
    guard let node, let text = node.string, !text.isEmpty else { return }
    guard let fault = ObjectMetadataValidation.labelFault(isKind ? text.lowercased() : text) else { return }
    invalid(path, node, isKind ? "may have mixed case, but should otherwise match: " + fault : fault)
  }

  private mutating func check() {
    errors += ObjectMetadataValidation.validate(root["metadata"] ?? [:], isNamespaced: false)
    let names = spec["names"] ?? [:]
    let group = spec["group"]?.string ?? ""
    if name != "\(names["plural"]?.string ?? "").\(group)" {
      invalid(
        "metadata.name", DocumentNode(.string(name)), "must be spec.names.plural+\".\"+spec.group")
    }
    checkGroup(group)
    checkVersions()
    checkNames(names)
    checkShared()
    checkConversion()
    checkStoredVersions()
    checkApproval(group)
    if spec["preserveUnknownFields"]?.bool == true {
      invalid(
        "spec.preserveUnknownFields", true,
        "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead")
    }
  }

  private mutating func checkGroup(_ group: String) {
    let faults = ObjectMetadataValidation.subdomainFaults(group)
    if group.isEmpty {
      required("spec.group")
    } else if !faults.isEmpty {
      invalid("spec.group", spec["group"], faults.joined(separator: ","))
    } else if !group.contains(".") {
      invalid("spec.group", spec["group"], "should be a domain with at least one dot")
    }
    let scopes = ["Cluster", "Namespaced"]
    guard let scope = spec["scope"], scope.string?.isEmpty == false else { return required("spec.scope") }
    if !scopes.contains(scope.string ?? "") { errors.append(.notSupported("spec.scope", scope, scopes)) }
  }

  // MARK: Versions

  /// Keys of a version that stand at the top where all versions agree on them, with Go's names.
  private static let shared: [(key: String, goName: String)] = [
    ("schema", "Schema"), ("subresources", "Subresources"), ("additionalPrinterColumns", "AdditionalPrinterColumns"),
    ("selectableFields", "SelectableFields"),
  ]

  private func isShared(_ key: String) -> Bool {
    guard let first = versions.first else { return false }
    return versions.allSatisfy { $0[key] == first[key] }
  }

  /// The versions as the server prints them.
  private var printedVersions: DocumentNode {
    let no = DocumentNode(.bool(false))
    let null = DocumentNode(.null)
    let elements = versions.map { version in
      var result: DocumentNode = [:]
      func set(_ name: String, _ value: DocumentNode) { result = result.setting(path: [name], value) }
      set("Name", version["name"] ?? DocumentNode(.string("")))
      set("Served", version["served"] ?? no)
      set("Storage", version["storage"] ?? no)
      set("Deprecated", version["deprecated"] ?? no)
      set("DeprecationWarning", version["deprecationWarning"] ?? null)
      for (key, goName) in Self.shared { set(goName, isShared(key) ? null : version[key] ?? null) }
      return result
    }
    return DocumentNode(.array(elements))
  }

  private mutating func checkVersions() {
    for (index, version) in versions.enumerated() where version["schema"]?["openAPIV3Schema"] == nil {
      required("spec.versions[\(index)].schema.openAPIV3Schema")
    }
    for (index, version) in versions.enumerated() {
      let place = "spec.versions[\(index)]"
      if let fault = ObjectMetadataValidation.labelFault(version["name"]?.string ?? "") {
        invalid(place + ".name", version["name"], fault)
      }
      if let warning = version["deprecationWarning"], let text = warning.string {
        let isDeprecated = version["deprecated"]?.bool == true
        let fault =
          !isDeprecated
          ? "can only be set for deprecated versions"
          : text.isEmpty
            ? "must not be an empty string" : text.utf8.count > 256 ? "must be <= 256 characters long" : nil
        if let fault { invalid(place + ".deprecationWarning", warning, fault) }
      }
      if !isShared("schema"), let schema = version["schema"] {
        checkSchema(schema, hasStatus: version["subresources"]?["status"] != nil, place + ".schema")
      }
      if !isShared("subresources") { checkSubresources(version["subresources"], place + ".subresources") }
      if !isShared("additionalPrinterColumns") { checkColumns(version["additionalPrinterColumns"], place) }
      if !isShared("selectableFields") { checkSelectable(version, place + ".selectableFields") }
    }
    if Set(versions.map { $0["name"]?.string ?? "" }).count < versions.count {
      errors.append(.invalid("spec.versions", struct: printedVersions, "must contain unique version names"))
    }
    if versions.count(where: { $0["storage"]?.bool == true }) != 1 {
      errors.append(
        .invalid("spec.versions", struct: printedVersions, "must have exactly one version marked as storage version"))
    }
  }

  private mutating func checkShared() {
    guard let first = versions.first else { return }
    if isShared("schema"), let schema = first["schema"] {
      checkSchema(
        schema, hasStatus: versions.contains { $0["subresources"]?["status"] != nil }, "spec.validation")
    }
    if isShared("subresources") { checkSubresources(first["subresources"], "spec.subresources") }
    if isShared("additionalPrinterColumns") { checkColumns(first["additionalPrinterColumns"], "spec") }
    if isShared("selectableFields") { checkSelectable(first, "spec.selectableFields") }
  }

  /// Fields that may stand at the root of a schema whose status is looked at by itself, with Go's names.
  private static let rootFields: [(key: String, goName: String)] = [
    ("description", "Description"), ("type", "Type"), ("format", "Format"), ("title", "Title"),
    ("maximum", "Maximum"), ("exclusiveMaximum", "ExclusiveMaximum"), ("minimum", "Minimum"),
    ("exclusiveMinimum", "ExclusiveMinimum"), ("maxLength", "MaxLength"), ("minLength", "MinLength"),
    ("pattern", "Pattern"), ("maxItems", "MaxItems"), ("minItems", "MinItems"), ("uniqueItems", "UniqueItems"),
    ("multipleOf", "MultipleOf"), ("required", "Required"), ("items", "Items"), ("properties", "Properties"),
    ("externalDocs", "ExternalDocs"), ("example", "Example"),
    ("x-kubernetes-preserve-unknown-fields", "XPreserveUnknownFields"), ("x-kubernetes-validations", "XValidations"),
  ]

  private mutating func checkSchema(_ validation: DocumentNode, hasStatus: Bool, _ path: String) {
    guard let schema = validation["openAPIV3Schema"] else { return }
    let place = path + ".openAPIV3Schema"
    if hasStatus {
      let known = Set(Self.rootFields.map(\.key))
      if let type = schema["type"], type.string != "object" {
        invalid(
          place + ".type", type,
          "only \"object\" is allowed as the type at the root of the schema if the status subresource is enabled")
      } else if schema.entries.contains(where: { !known.contains($0.key) && $0.key != "nullable" }) {
        let names = Self.rootFields.map(\.goName).joined(separator: " ")
        invalid(
          place, schema,
          "only [\(names)] fields are allowed at the root of the schema if the status subresource is enabled")
      }
    }
    errors += SchemaLint.check(schema, path: place)
  }

  private mutating func checkPath(_ node: DocumentNode, _ path: String, below roots: [String], _ detail: String = "") {
    let text = node.string ?? ""
    if !text.hasPrefix(".") {
      invalid(path, node, "must be a simple json path starting with .")
    } else if !roots.isEmpty, !roots.contains(where: { text.hasPrefix($0) }) {
      invalid(path, node, detail)
    }
  }

  private mutating func checkSubresources(_ node: DocumentNode?, _ path: String) {
    guard let scale = node?["scale"] else { return }
    for (key, root) in [("specReplicasPath", "spec"), ("statusReplicasPath", "status")] {
      let place = "\(path).scale.\(key)"
      if let value = scale[key], value.string?.isEmpty == false {
        checkPath(value, place, below: [".\(root)."], "should be a json path under .\(root)")
      } else {
        required(place)
      }
    }
    if let selector = scale["labelSelectorPath"], selector.string?.isEmpty == false {
      checkPath(
        selector, path + ".scale.labelSelectorPath", below: [".spec.", ".status."],
        "should be a json path under either .spec or .status")
    }
  }

  private static let columnTypes = ["boolean", "date", "integer", "number", "string"]
  private static let columnFormats = [
    "byte", "date", "date-time", "double", "float", "int32", "int64", "password",
  ]

  private mutating func checkColumns(_ node: DocumentNode?, _ path: String) {
    for (index, column) in (node?.elements ?? []).enumerated() {
      let place = "\(path).additionalPrinterColumns[\(index)]"
      if column["name"]?.string?.isEmpty ?? true { required(place + ".name") }
      let types = "must be one of \(Self.columnTypes.joined(separator: ","))"
      if let type = column["type"], let text = type.string, !text.isEmpty {
        if !Self.columnTypes.contains(text) { invalid(place + ".type", type, types) }
      } else {
        required(place + ".type", types)
      }
      if let format = column["format"], let text = format.string, !text.isEmpty, !Self.columnFormats.contains(text) {
        invalid(place + ".format", format, "must be one of \(Self.columnFormats.joined(separator: ","))")
      }
      if let jsonPath = column["jsonPath"], jsonPath.string?.isEmpty == false {
        checkPath(jsonPath, place + ".JSONPath", below: [])
      } else {
        required(place + ".JSONPath")
      }
    }
  }

  private static let mostSelectableFields = 8

  private mutating func checkSelectable(_ version: DocumentNode, _ path: String) {
    guard let fields = version["selectableFields"]?.elements, !fields.isEmpty,
      let root = version["schema"]?["openAPIV3Schema"]
    else { return }
    let schema = StructuralSchema(root)
    var seen: Set<[String]> = []
    for (index, field) in fields.enumerated() {
      let place = "\(path)[\(index)].jsonPath"
      guard let node = field["jsonPath"], let text = node.string, !text.isEmpty else {
        required(place)
        continue
      }
      let found: SchemaFieldPath
      do throws(SchemaFieldPath.Fault) {
        found = try SchemaFieldPath(text, schema, allowsKeys: false)
      } catch {
        invalid(place, node, "is an invalid path: \(error.message)")
        continue
      }
      if found.names.first == "metadata" { invalid(place, node, "must not point to fields in metadata") }
      if !["string", "boolean", "integer"].contains(found.schema.type) {
        invalid(
          place, node,
          "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are "
            + "allowed.")
      }
      if !seen.insert(found.names).inserted { errors.append(.duplicate(place, node)) }
    }
    if seen.count > Self.mostSelectableFields {
      errors.append(.tooMany(path, Int64(seen.count), Int64(Self.mostSelectableFields)))
    }
  }

  // MARK: The rest

  private mutating func checkNames(_ names: DocumentNode) {
    let path = "spec.names"
    // The names in the singular and of lists have defaults that are made of the kind.
    for key in ["plural", "kind"] where names[key]?.string?.isEmpty ?? true { required("\(path).\(key)") }
    for key in ["plural", "singular"] { label(names[key], "\(path).\(key)") }
    for key in ["kind", "listKind"] { label(names[key], "\(path).\(key)", isKind: true) }
    for (index, name) in (names["shortNames"]?.elements ?? []).enumerated() {
      label(name, "\(path).shortNames[\(index)]")
    }
    if let kind = names["kind"]?.string, !kind.isEmpty, kind == names["listKind"]?.string {
      invalid(path + ".listKind", names["listKind"], "kind and listKind may not be the same")
    }
    for (index, name) in (names["categories"]?.elements ?? []).enumerated() {
      label(name, "\(path).categories[\(index)]")
    }
  }

  private mutating func checkConversion() {
    guard let conversion = spec["conversion"] else { return }
    let path = "spec.conversion"
    let strategies = ["None", "Webhook"]
    if let strategy = conversion["strategy"], let text = strategy.string, !text.isEmpty {
      if !strategies.contains(text) { errors.append(.notSupported(path + ".strategy", strategy, strategies)) }
    } else {
      required(path + ".strategy")
    }
    let webhook = conversion["webhook"]
    guard conversion["strategy"]?.string == "Webhook" else {
      for (key, name) in [
        ("clientConfig", "webhookClientConfig"), ("conversionReviewVersions", "conversionReviewVersions"),
      ] where webhook?[key] != nil {
        errors.append(.forbidden("\(path).\(name)", "should not be set when strategy is not set to Webhook"))
      }
      return
    }
    if let client = webhook?["clientConfig"] {
      if (client["url"] != nil) == (client["service"] != nil) {
        required(path + ".webhookClientConfig", "exactly one of url or service is required")
      }
    } else {
      required(path + ".webhookClientConfig", "required when strategy is set to Webhook")
    }
    let reviewVersions = webhook?["conversionReviewVersions"]
    let known = reviewVersions?.strings ?? []
    if known.isEmpty {
      required(path + ".conversionReviewVersions")
    } else if !known.contains(where: { $0 == "v1" || $0 == "v1beta1" }) {
      invalid(path + ".conversionReviewVersions", reviewVersions, "must include at least one of v1, v1beta1")
    }
  }

  /// Which versions may be stored; the server keeps it itself when a definition is made.
  private mutating func checkStoredVersions() {
    let storage = versions.filter { $0["storage"]?.bool == true }.map { $0["name"]?.string ?? "" }
    guard let stored = storage.first else {
      return invalid("status.storedVersions", DocumentNode(.null), "must have at least one stored version")
    }
    let list = DocumentNode(.array([DocumentNode(.string(stored))]))
    for name in storage where name != stored {
      invalid("status.storedVersions", list, "must have the storage version \(name)")
    }
  }

  private mutating func checkApproval(_ group: String) {
    guard ["k8s.io", "kubernetes.io"].contains(where: { group == $0 || group.hasSuffix("." + $0) }) else { return }
    let key = "api-approved.kubernetes.io"
    let path = "metadata.annotations[\(key)]"
    let head = "protected groups must have approval annotation \"\(key)\""
    let reference = "see https://github.com/kubernetes/enhancements/pull/1111"
    let value = (root[path: "metadata", "annotations"]?.stringMap ?? [:])[key] ?? ""
    if value.isEmpty { return required(path, "\(head), \(reference)") }
    if value.hasPrefix("unapproved") || value.contains("://") { return }
    invalid(
      path, DocumentNode(.string(value)),
      "\(head) with either a URL or a reason starting with \"unapproved\", \(reference)")
  }
}
