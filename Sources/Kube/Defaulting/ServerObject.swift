package import Bytes

/// An object of a manifest as the API server would hold it.
package enum ServerObject {
  /// The decoded object: defaults added, quantities in canonical form, unknown fields removed. Admission webhooks and
  /// mutating policies see this.
  ///
  /// - Returns: nil for a kind that is not Kubernetes' own.
  package static func decoded(_ root: DocumentNode) -> DocumentNode? {
    guard let type = type(of: root) else { return nil }
    return ObjectDecoder.decode(root, as: type, options: .init(isStored: false)).object
  }

  /// The object as the server would store it on creation, leaving admission aside.
  ///
  /// - Returns: nil for a kind that is not Kubernetes' own.
  package static func stored(_ root: DocumentNode, _ request: CreationStrategy.Request) -> DocumentNode? {
    guard let type = type(of: root), let kind = kind(of: root) else { return nil }
    let decoded = ObjectDecoder.decode(root, as: type, options: .init(isStored: false)).object
    let prepared = CreationStrategy.prepare(Conversion.throughNewest(decoded, type), kind, request)
    return ObjectDecoder.decode(prepared, as: type, options: .init(dropsDisabled: true)).object
  }

  /// Decodes an object again after a change. Custom resources are returned unchanged.
  package static func normalized(_ root: DocumentNode) -> DocumentNode {
    type(of: root).map { ObjectDecoder.decode(root, as: $0).object } ?? root
  }

  /// Nil for a custom resource, and for a document without apiVersion or kind.
  package static func type(of root: DocumentNode) -> APIType? {
    guard let apiVersion = root["apiVersion"]?.string, let kind = root["kind"]?.string else { return nil }
    return APITypes.type(apiVersion: apiVersion, kind: kind)
  }

  /// Nil for a document without apiVersion or kind.
  package static func kind(of root: DocumentNode) -> GroupKind? {
    guard let apiVersion = root["apiVersion"]?.string, let kind = root["kind"]?.string else { return nil }
    return GroupKind(APIResource.split(apiVersion: apiVersion).group, kind)
  }
}
