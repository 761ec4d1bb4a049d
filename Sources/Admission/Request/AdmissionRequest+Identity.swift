import Bytes
import Kube

extension AdmissionRequest {
  /// Why the server does not store what admission made of the object: it is no longer the one that the request is about. Nil where it
  /// is.
  ///
  /// Source: k8s.io/apiserver `pkg/registry/rest/{create,update,meta}.go`, k8s.io/apimachinery `pkg/api/validation/objectmeta.go`.
  var identityRefusal: AdmissionRefusal? {
    guard operation == .create || operation == .update, subresource.isEmpty, let metadata = object["metadata"] else {
      return nil
    }
    let own = metadata["namespace"]?.string ?? ""
    // A Namespace stands in itself; what stands in none has the field cleared.
    if !namespace.isEmpty, !isNamespace, !own.isEmpty, own != namespace {
      return AdmissionRefusal(
        .badRequest, "the namespace of the provided object does not match the namespace sent on the request")
    }
    // A new object may still be given another name.
    let name = metadata["name"]?.string ?? ""
    if operation == .update, !self.name.isEmpty, name != self.name {
      let full = kind.group.isEmpty ? kind.kind : "\(kind.kind).\(kind.group)"
      let error = FieldError.invalid("metadata.name", DocumentNode(.string(name)), "field is immutable")
      return AdmissionRefusal(
        .invalid, "\(full) \"\(name)\" is invalid: \(FieldError.aggregate([error]))",
        causes: [.init(reason: error.kind.rawValue, message: error.body, field: "metadata.name")])
    }
    return nil
  }

  /// Why the store does not take a new object; nil where it does.
  ///
  /// Source: k8s.io/apiserver `pkg/storage/etcd3/store.go` and `pkg/storage/api_object_versioner.go`: what is no number is dropped.
  var storageRefusal: AdmissionRefusal? {
    guard operation == .create, subresource.isEmpty, !Self.isNeverStored(resource),
      let version = object[path: "metadata", "resourceVersion"]?.string, let number = UInt64(version), number != 0
    else { return nil }
    return AdmissionRefusal(
      status: 500, reason: "", message: "resourceVersion should not be set on objects to be created")
  }

  /// Questions to the server are answered, not stored.
  private static func isNeverStored(_ resource: Resource) -> Bool {
    ["authentication.k8s.io", "authorization.k8s.io"].contains(resource.group)
  }
}
