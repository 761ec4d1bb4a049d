/// How the program was called.
package enum Invocation {
  /// Whether as a plugin of kubectl, by the name `kubectl-bartizan`: then the cluster of the current context is the input where
  /// none is named.
  ///
  /// Source: kubernetes.io, "Extend kubectl with plugins".
  @TaskLocal static var isPlugin = false

  /// - Parameter program: the path that the program was called by.
  static func namesPlugin(_ program: String) -> Bool {
    (program.split(separator: "/").last ?? "").hasPrefix("kubectl-")
  }
}
