import Bytes
import Kube

extension AdmissionRequest {
  /// Stands for the letters that the server draws after `generateName`; they are of its alphabet.
  private static let suffix = "xxxxx"
  /// Stands for the id that the server draws.
  private static let drawnUID = "00000000-0000-4000-8000-000000000000"
  /// A generated name has at most 63 characters, with five that are drawn.
  private static let longestPrefix = 58

  /// The id that a new object has once it is stored, made up where the object has none.
  private var storedUID: String {
    let uid = object[path: "metadata", "uid"]?.string ?? ""
    return uid.isEmpty ? Self.drawnUID : uid
  }

  /// A new object with what its kind's strategy makes of it before it is stored; as it is where no strategy is known.
  var objectToStore: DocumentNode {
    let strategy = CreationStrategy.Request(
      namespace: namespace.isEmpty ? nil : namespace, userName: user.name, groups: user.groups, uid: storedUID)
    return ServerObject.stored(object, strategy) ?? object
  }

  /// Gives a new object what the server gives it after everything that changes it and before everything that validates it: a name
  /// where it has only the beginning of one, and an id. Both are made up. The time is left out, since it can be any.
  ///
  /// Source: k8s.io/apiserver `pkg/registry/rest/{create,meta}.go` and `pkg/storage/names/generate.go`.
  mutating func fillSystemFields() {
    guard operation == .create, subresource.isEmpty, let metadata = object["metadata"], metadata.mapping != nil else {
      return
    }
    if metadata["name"]?.string ?? "" == "", let prefix = metadata["generateName"]?.string, !prefix.isEmpty {
      name = String(decoding: prefix.utf8.prefix(Self.longestPrefix), as: UTF8.self) + Self.suffix
      object = object.setting(path: ["metadata", "name"], DocumentNode(.string(name)))
    }
    if metadata["uid"]?.string ?? "" == "" {
      object = object.setting(path: ["metadata", "uid"], DocumentNode(.string(Self.drawnUID)))
    }
    isCreationTimeKnown = metadata["creationTimestamp"]?.string != nil
  }
}
