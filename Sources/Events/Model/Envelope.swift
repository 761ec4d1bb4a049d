import Bytes

/// What is known of events beside their records: from the connection, the file, or the document that held many of them.
///
/// It is stored with the events, since no record says it.
package struct Envelope: Sendable, Hashable {
  package struct Entry: Sendable, Hashable {
    package let field: FieldID
    package let value: String

    package init(_ field: FieldID, _ value: String) {
      self.field = field
      self.value = value
    }
  }

  package var entries: [Entry]

  package init(_ entries: [Entry] = []) { self.entries = entries }

  package static let none = Envelope()

  package subscript(field: FieldID) -> String? {
    get { entries.first { $0.field == field }?.value }
    set {
      entries.removeAll { $0.field == field }
      if let newValue { entries.append(Entry(field, newValue)) }
    }
  }

  /// What the path of a container's log says, as the kubelet lays it out: `…/pods/NAMESPACE_POD_UID/CONTAINER/N.log`
  /// and `…/containers/POD_NAMESPACE_CONTAINER-ID.log`. Nothing but the file for any other path.
  package init(path: String) {
    entries = [Entry(.logFilePath, path)]
    let parts = path.split(separator: "/")
    func add(_ field: FieldID, _ value: some StringProtocol) {
      if !value.isEmpty { entries.append(Entry(field, String(value))) }
    }
    if parts.count >= 3, parts.dropLast(3).last == "pods" || parts[parts.count - 3].split(separator: "_").count == 3 {
      let pod = parts[parts.count - 3].split(separator: "_", omittingEmptySubsequences: false)
      if pod.count == 3, parts[parts.count - 1].contains(".log") {
        add(.kubernetesNamespace, pod[0])
        add(.orchestratorNamespace, pod[0])
        add(.kubernetesPodName, pod[1])
        add(.kubernetesPodUid, pod[2])
        add(.kubernetesContainerName, parts[parts.count - 2])
        return
      }
    }
    guard let name = parts.last, name.hasSuffix(".log") else { return }
    let link = name.dropLast(4).split(separator: "_", omittingEmptySubsequences: false)
    guard link.count == 3, let dash = link[2].lastIndex(of: "-") else { return }
    let id = link[2][link[2].index(after: dash)...]
    guard id.utf8.count == 64, id.utf8.allSatisfy({ Hex.value($0) != nil }) else { return }
    add(.kubernetesPodName, link[0])
    add(.kubernetesNamespace, link[1])
    add(.orchestratorNamespace, link[1])
    add(.kubernetesContainerName, link[2][..<dash])
    add(.containerId, id)
  }
}
