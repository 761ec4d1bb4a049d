package import Access
package import Bytes
import Kube

/// Puts the checks of a log to the authorizer, with nothing granted but what is about to be written.
package enum LeastPrivilegeReplay {
  /// - Parameter documents: the manifests as they are printed: names that collide would show here.
  package static func refused(_ result: LeastPrivilege, _ documents: [DocumentNode]) -> [ObservedRequest.Check] {
    var builder = ClusterSnapshot.Builder()
    for document in documents { builder.add(document, file: "roles") }
    return result.refusedByGrants(AccessInventory(builder.build()))
  }
}

extension ObservedRequest.Unproven {
  /// What could not be proved, in a clause.
  ///
  /// - Parameter requests: how many requests it is about, such as `2 requests`.
  package func text(_ requests: String) -> String {
    switch self {
    case .signer(let verb):
      "\(requests) also needed \"\(verb)\" on signers.certificates.k8s.io, named by spec.signerName, which the log does not hold"
    case .boundRole:
      "\(requests) also needed \"bind\" on the role that was bound, or all that it grants; the log does not name it"
    case .writtenRole:
      "\(requests) wrote roles: that also needs all that the roles grant, or \"escalate\", which is not handed out here"
    }
  }
}
