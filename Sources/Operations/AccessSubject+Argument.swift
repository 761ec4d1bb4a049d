package import Access
package import Findings
import Kube

extension AccessSubject {
  /// Reads what a person writes, as `init(argument:)` does.
  ///
  /// - Throws: `BartizanError` for what names nobody: an answer about it would be "no" whatever was meant.
  package init(checking argument: String) throws(BartizanError) {
    self.init(argument: argument)
    let isNobody =
      switch self {
      case .user(let name): name.isEmpty || !argument.hasPrefix("user:") && Self.lacksASide(name)
      case .group(let name): name.isEmpty
      case .serviceAccount(let namespace, let name): namespace.isEmpty || name.isEmpty
      }
    guard isNobody else { return }
    throw BartizanError(
      .usage,
      "\"\(argument)\" names nobody: NAMESPACE/NAME is a service account, group:NAME a group, NAME or user:NAME a user")
  }

  /// What is to be said of a service account of which the input knows nothing.
  package var notInTheInput: String {
    "\(text) is not in the input, neither as an object nor in a binding; only its groups count"
  }

  /// `/`, `shop/`, `/cart`: a service account of which a half is missing.
  private static func lacksASide(_ name: String) -> Bool {
    let sides = name.split(separator: "/", omittingEmptySubsequences: false)
    return sides.count == 2 && sides.contains(where: \.isEmpty)
  }
}

extension AccessInventory {
  /// Whether a service account is an object of the input, in a binding, or one that a pod runs as; of others nobody can tell.
  package func knows(_ subject: AccessSubject) -> Bool {
    guard case .serviceAccount(let namespace, let name) = subject, name != "default" else { return true }
    return serviceAccounts.contains(subject) || !bindings(of: subject).isEmpty || builtInBindings[subject] != nil
      || snapshot.workloads.contains {
        $0.object.effectiveNamespace == namespace && $0.template.serviceAccountName == name
      }
  }

  /// What is to be said of a namespace in which the input has nothing.
  package func remarks(onNamespace name: String) -> [String] {
    let standing = ["", "default", "kube-system", "kube-public", "kube-node-lease"]
    guard !standing.contains(name), !snapshot.namespaces.contains(name), namespacedBindings[name] == nil else {
      return []
    }
    return ["nothing in the input is in the namespace \"\(name)\""]
  }

  /// Reads what a person writes; a name from outside the cluster, such as an ARN, stands for the user that it is mapped to.
  ///
  /// - Throws: `BartizanError` for what names nobody.
  package func subject(argument: String) throws(BartizanError) -> AccessSubject {
    if let user = memberships.user(of: argument) { return .user(user) }
    return try AccessSubject(checking: argument)
  }
}
