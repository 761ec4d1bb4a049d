package import Bytes

/// An object as the API server would hold it.
package enum ServerObject {
  /// What the server decodes: defaults added, amounts in their one form, unknown fields gone. Admission webhooks and
  /// mutating policies see this.
  ///
  /// - Returns: nil for a kind that is not Kubernetes' own.
  package static func decoded(_ root: DocumentNode) -> DocumentNode? {
    guard let type = type(of: root) else { return nil }
    return ObjectDecoder.decode(root, as: type, options: .init(isStored: false)).object
  }

  /// What the server would have stored of a new object, without what admission does to it.
  ///
  /// - Returns: nil for a kind that is not Kubernetes' own.
  package static func stored(_ root: DocumentNode, _ request: CreationStrategy.Request) -> DocumentNode? {
    guard let type = type(of: root), let kind = kind(of: root) else { return nil }
    let decoded = ObjectDecoder.decode(root, as: type, options: .init(isStored: false)).object
    let prepared = CreationStrategy.prepare(Conversion.throughNewest(decoded, type), kind, request)
    return ObjectDecoder.decode(prepared, as: type, options: .init(dropsDisabled: true)).object
  }

  /// An object of Kubernetes' own kinds once more through the decoder, after something was changed in it.
  package static func normalized(_ root: DocumentNode) -> DocumentNode {
    type(of: root).map { ObjectDecoder.decode(root, as: $0).object } ?? root
  }

  package static func type(of root: DocumentNode) -> APIType? {
    guard let apiVersion = root["apiVersion"]?.string, let kind = root["kind"]?.string else { return nil }
    return APITypes.type(apiVersion: apiVersion, kind: kind)
  }

  package static func kind(of root: DocumentNode) -> GroupKind? {
    guard let apiVersion = root["apiVersion"]?.string, let kind = root["kind"]?.string else { return nil }
    return GroupKind(APIResource.split(apiVersion: apiVersion).group, kind)
  }
}
