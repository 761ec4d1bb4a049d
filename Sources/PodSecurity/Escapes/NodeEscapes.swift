package import Kube

/// All known escapes to the node.
package enum NodeEscapes {
  package static let all: [NodeEscape] = [
    .privileged, .windowsHostProcess, .runtimeSocket, .systemBus, .hostPathWrite, .sysAdmin, .kernelModule,
    .traceHostProcesses, .openByHandle, .rawHardware, .unmaskedProc,
    .hostPathRead, .hostProcesses, .kernelTracing,
  ]

  /// The escapes that a pod allows, those that gain most first.
  package static func open(to template: PodTemplate) -> [NodeEscape.Match] {
    // The list is already in this order.
    all.flatMap { $0.matches(template) }
  }

  /// The escape that gains most; nil for a pod without any.
  package static func strongest(in template: PodTemplate) -> NodeEscape.Match? {
    all.lazy.compactMap { $0.matches(template).first }.first
  }
}
