import Findings
package import Kube
import Validation

/// What other answers may not rest on: objects that the API server would refuse for what cannot be seen past.
package enum SchemaGaps {
  /// One entry for each object of which part is of the wrong type or missing, or whose kind does not exist.
  ///
  /// - Parameter isWanted: which kinds the answer is about. A kind that does not exist may be any of them.
  package static func gaps(
    in snapshot: ClusterSnapshot, of isWanted: (GroupKind) -> Bool
  ) -> [(object: KubeObject, gap: NotSeen)] {
    // A cluster's server took them.
    guard snapshot.serverMinor == nil else { return [] }
    let validator = ObjectValidator(definitionsIn: snapshot.objects, of: Set(snapshot.kinds))
    return snapshot.objects.compactMap { object in
      guard case .violations(let violations) = validator.judge(object),
        let first = violations.first(where: { $0.kind.hidesObject }),
        isWanted(object.groupKind) || first.kind == .notServed
      else { return nil }
      return (
        object,
        NotSeen(
          object.groupKind,
          reason: "\(object.location.text): \(object.subject.text): the API server would refuse it: \(first.message)")
      )
    }
  }
}
