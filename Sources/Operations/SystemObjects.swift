import Kube

/// Every cluster has pods and Secrets in kube-system. Where files hold none, a way over them is not known to be closed.
enum SystemObjects {
  static let namespace = "kube-system"

  /// Nil where the input holds some, or was read from a server.
  static func unseenSecrets(_ snapshot: ClusterSnapshot) -> NotSeen? {
    guard snapshot.serverMinor == nil,
      !snapshot.objects(.secret).contains(where: { $0.effectiveNamespace == namespace })
    else { return nil }
    return NotSeen(.secret, reason: "the input holds no Secrets of \(namespace), and they can be read")
  }

  /// Nil where the input holds some, or was read from a server.
  static func unseenPods(_ snapshot: ClusterSnapshot) -> NotSeen? {
    guard snapshot.serverMinor == nil,
      !snapshot.workloads.contains(where: { $0.object.effectiveNamespace == namespace })
    else { return nil }
    return NotSeen(
      .pod, reason: "the input holds no pods of \(namespace), and a node or a pod of \(namespace) can be reached")
  }
}
