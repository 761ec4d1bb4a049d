/// The types of the variables of admission policies, as the API server declares them (`pkg/admission/plugin/cel`).
extension SchemaType {
  private static let text = SchemaType(.string, .string, leastBytes: 2)
  private static let time = SchemaType(.string, .timestamp, leastBytes: 12)
  private static let number = SchemaType(.int, .int, leastBytes: 1)
  private static let truth = SchemaType(.bool, .bool, leastBytes: 4)
  private static let dynamic = SchemaType(.dynamic, .dyn, leastBytes: 1)

  private static func object(_ name: String, _ fields: [String: SchemaType]) -> SchemaType {
    SchemaType(.object(fields), .object(name), leastBytes: 2)
  }

  private static func list(_ element: SchemaType) -> SchemaType {
    SchemaType(.list(element, .atomic), .list(element.type), leastBytes: 2)
  }

  private static func map(_ value: SchemaType) -> SchemaType {
    SchemaType(.map(value), .map(.string, value.type), leastBytes: 2)
  }

  package static let admissionRequest: SchemaType = {
    let kind = object("kubernetes.GroupVersionKind", ["group": text, "version": text, "kind": text])
    let resource = object("kubernetes.GroupVersionResource", ["group": text, "version": text, "resource": text])
    let user = object(
      "kubernetes.UserInfo", ["username": text, "uid": text, "groups": list(text), "extra": map(list(text))])
    return object(
      "kubernetes.AdmissionRequest",
      [
        "kind": kind, "resource": resource, "subResource": text, "requestKind": kind, "requestResource": resource,
        "requestSubResource": text, "name": text, "namespace": text, "operation": text, "userInfo": user,
        "dryRun": truth, "options": dynamic,
      ])
  }()

  package static let namespace: SchemaType = {
    let condition = object(
      "kubernetes.NamespaceCondition",
      ["status": text, "type": text, "lastTransitionTime": time, "message": text, "reason": text])
    let metadata = object(
      "kubernetes.NamespaceMetadata",
      [
        "name": text, "generateName": text, "namespace": text, "labels": map(text), "annotations": map(text),
        "UID": text, "creationTimestamp": time, "deletionGracePeriodSeconds": number, "deletionTimestamp": time,
        "generation": number, "resourceVersion": text, "finalizers": list(text),
      ])
    return object(
      "kubernetes.Namespace",
      [
        "metadata": metadata, "spec": object("kubernetes.NamespaceSpec", ["finalizers": list(text)]),
        "status": object("kubernetes.NamespaceStatus", ["conditions": list(condition), "phase": text]),
      ])
  }()
}
