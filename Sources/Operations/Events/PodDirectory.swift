import Access
import Bytes
import Detect
package import Events
import Findings
package import Kube
import Synchronization

/// Who is who in a cluster, by a snapshot of it.
///
/// - A pod that an event names is joined with its workload, node, account and image. One that the snapshot does not hold is
///   taken for one of the workload whose name its own begins with.
/// - An address is that of a pod where one pod alone has it. A service account's request from the address of a pod of that
///   account is of this pod; from anywhere else, only the workload that the account belongs to is told: whoever uses its
///   token need not be in it.
/// - An account that several workloads share tells none of them.
package final class PodDirectory: IdentityDirectory {
  private struct Pod {
    var namespace: String
    var name: String
    var uid: String?
    var node: String?
    var account: String
    var owner: Owner?
    /// References and digests by the names of containers.
    var images: [String: Image] = [:]
  }

  private struct Image {
    var reference: String
    var digest: String?
  }

  private struct Owner: Hashable {
    let kind: String
    let name: String
  }

  /// By `NAMESPACE/NAME`.
  private let pods: [String: Pod]
  /// Nil for an address that several pods have.
  private let addresses: [String: String?]
  /// By `NAMESPACE/NAME`, the workloads of service accounts.
  private let accounts: [String: Set<Owner>]
  private let workloads: [String: Owner]
  /// What was made, so that equal events share it.
  private let made = Mutex<[String: JoinedIdentity]>([:])

  /// Names and addresses that senders may make up are not kept for ever.
  private static let mostMade = 1 << 16

  package init(_ snapshot: ClusterSnapshot) {
    var pods: [String: Pod] = [:]
    var addresses: [String: String?] = [:]
    var accounts: [String: Set<Owner>] = [:]
    var workloads: [String: Owner] = [:]
    for workload in snapshot.workloads {
      let object = workload.object
      let owner = Owner(kind: object.groupKind.kind, name: object.name)
      accounts[object.effectiveNamespace + "/" + workload.template.serviceAccountName, default: []].insert(owner)
      if object.groupKind != .pod { workloads[object.effectiveNamespace + "/" + object.name] = owner }
    }
    for object in snapshot.objects(.pod) {
      let key = object.effectiveNamespace + "/" + object.name
      let spec = object.root["spec"]
      var pod = Pod(
        namespace: object.effectiveNamespace, name: object.name, uid: object.root[path: "metadata", "uid"]?.text,
        node: spec?["nodeName"]?.text, account: spec?["serviceAccountName"]?.text ?? "default")
      if case .object(let owner) = snapshot.workload(of: object).thing {
        pod.owner = Owner(kind: owner.kind, name: owner.name)
        accounts[pod.namespace + "/" + pod.account, default: []].insert(Owner(kind: owner.kind, name: owner.name))
        // The pod of a workload is no workload of its own.
        if owner.kind != "Pod" {
          accounts[pod.namespace + "/" + pod.account]?.remove(Owner(kind: "Pod", name: object.name))
        }
      }
      for list in ["initContainers", "containers", "ephemeralContainers"] {
        for container in spec?[list]?.elements ?? [] {
          guard let name = container["name"]?.text, let image = container["image"]?.text else { continue }
          pod.images[name] = Image(reference: image)
        }
      }
      for list in ["initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"] {
        for status in object.root[path: "status", list]?.elements ?? [] {
          guard let name = status["name"]?.text, let id = status["imageID"]?.text else { continue }
          pod.images[name]?.digest = ImageOrigin.digest(of: id)
        }
      }
      pods[key] = pod
      // An address of the host is that of all its pods, and of whatever else runs there.
      guard spec?["hostNetwork"]?.bool != true, Self.isAlive(object) else { continue }
      var own = Set((object.root[path: "status", "podIPs"]?.elements ?? []).compactMap { $0["ip"]?.text })
      if let address = object.root[path: "status", "podIP"]?.text { own.insert(address) }
      for address in own { addresses[address] = addresses[address] == nil ? .some(key) : .some(nil) }
    }
    self.pods = pods
    self.addresses = addresses
    self.accounts = accounts
    self.workloads = workloads
  }

  /// The address of a pod that has ended may be another's.
  private static func isAlive(_ pod: KubeObject) -> Bool {
    let phase = pod.root[path: "status", "phase"]?.text
    return phase != "Succeeded" && phase != "Failed"
  }

  // MARK: Asking

  package func identity(of event: Event) -> JoinedIdentity? {
    let user = event[.userName] ?? ""
    let account = Self.account(user)
    let source = event[.sourceAddress]
    let destination = event[.destinationAddress]
    let sourcePod = source.flatMap { addresses[$0] ?? nil }
    let destinationPod = destination.flatMap { addresses[$0] ?? nil }
    var container = ""
    var actor: String?
    if let name = event[.podName] {
      let isAudit = event.dataset == .kubernetesAudit
      let namespace =
        (isAudit ? account.map { String($0.prefix { $0 != "/" }) } : nil) ?? event.text(.kubernetesNamespace)
        ?? event[.namespace] ?? ""
      actor = namespace + "/" + name
      if !isAudit { container = event.text(.kubernetesContainerName) ?? "" }
    } else if let account, let sourcePod, let pod = pods[sourcePod], pod.namespace + "/" + pod.account == account {
      actor = sourcePod
    }
    guard actor != nil || account.map({ accounts[$0] != nil }) ?? false || sourcePod != nil || destinationPod != nil
    else { return nil }
    let key = [actor ?? "", container, account ?? "", sourcePod ?? "", destinationPod ?? ""].joined(separator: "\u{0}")
    if let known = made.withLock({ $0[key] }) { return known.entries.isEmpty ? nil : known }
    let identity = JoinedIdentity(entries(actor, container, account, sourcePod, destinationPod))
    made.withLock { made in
      if made.count >= Self.mostMade { made.removeAll() }
      made[key] = identity
    }
    return identity.entries.isEmpty ? nil : identity
  }

  private func entries(
    _ actor: String?, _ container: String, _ account: String?, _ source: String?, _ destination: String?
  ) -> [Envelope.Entry] {
    var entries: [Envelope.Entry] = []
    func add(_ field: FieldID, _ value: String?) {
      if let value, !value.isEmpty { entries.append(Envelope.Entry(field, value)) }
    }
    func add(_ owner: Owner?) {
      add(.kubernetesOwnerKind, owner?.kind)
      add(.kubernetesOwnerName, owner?.name)
    }
    if let actor, let pod = pods[actor] {
      add(.kubernetesNamespace, pod.namespace)
      add(.kubernetesPodName, pod.name)
      add(.kubernetesPodUid, pod.uid)
      add(.kubernetesNodeName, pod.node)
      add(.kubernetesServiceAccountNamespace, pod.namespace)
      add(.kubernetesServiceAccountName, pod.account)
      add(pod.owner)
      // Which of several containers it was is not known.
      if let image = pod.images[container] ?? (pod.images.count == 1 ? pod.images.values.first : nil) {
        add(.containerImageName, image.reference)
        add(.containerImageHashAll, image.digest)
      }
    } else if let actor, let owner = workload(ofPod: actor) {
      add(.kubernetesNamespace, String(actor.prefix { $0 != "/" }))
      add(owner)
    } else if let account, let owners = accounts[account] {
      add(.kubernetesNamespace, String(account.prefix { $0 != "/" }))
      if owners.count == 1 { add(owners.first) }
    }
    for (key, namespace, name) in [
      (source, FieldID.sourceKubernetesNamespace, FieldID.sourceKubernetesPodName),
      (destination, .destinationKubernetesNamespace, .destinationKubernetesPodName),
    ] {
      guard let pod = key.flatMap({ pods[$0] }) else { continue }
      add(namespace, pod.namespace)
      add(name, pod.name)
    }
    return entries
  }

  /// The workload whose name, with one or two endings, is a pod's.
  private func workload(ofPod name: String) -> Owner? {
    var rest = name[...]
    for _ in 0..<2 {
      guard let cut = rest.lastIndex(of: "-") else { return nil }
      rest = rest[..<cut]
      if let found = workloads[String(rest)] { return found }
    }
    return nil
  }

  /// `NAMESPACE/NAME` of a service account; nil for other users.
  private static func account(_ user: String) -> String? {
    guard case .serviceAccount(let namespace, let name) = AccessSubject.account(ofUser: user) else { return nil }
    return namespace + "/" + name
  }
}

/// The directory of a server, which reads its cluster anew from time to time.
package final class RenewedDirectory: IdentityDirectory {
  private let current = Mutex<PodDirectory?>(nil)

  package init() {}

  /// From now on events are joined with this.
  package func renew(_ directory: PodDirectory) { current.withLock { $0 = directory } }

  package func identity(of event: Event) -> JoinedIdentity? { current.withLock { $0 }?.identity(of: event) }
}
