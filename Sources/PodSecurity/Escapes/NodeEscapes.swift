package import Kube

/// All known ways to the node.
package enum NodeEscapes {
  package static let all: [NodeEscape] = [
    .privileged, .windowsHostProcess, .runtimeSocket, .hostPathWrite, .sysAdmin, .kernelModule,
    .traceHostProcesses, .openByHandle, .rawHardware, .unmaskedProc,
    .hostPathRead, .hostProcesses, .kernelTracing,
  ]

  /// The ways that are open to a pod, those that give most first.
  package static func open(to template: PodTemplate) -> [NodeEscape.Match] {
    // Weaker ways come behind stronger ones in the list already.
    all.flatMap { $0.matches(template) }
  }

  /// The way that gives most; nil for a pod that has none.
  package static func strongest(in template: PodTemplate) -> NodeEscape.Match? {
    all.lazy.compactMap { $0.matches(template).first }.first
  }
}
