/// How the program was called.
package enum Invocation {
  /// Whether as a plugin of kubectl, by the name `kubectl-bartizan`: then the cluster of the current context is the input where
  /// none is named.
  ///
  /// Source: kubernetes.io, "Extend kubectl with plugins".
  @TaskLocal static var isPlugin = false

  /// The program that is running, to start it again for a part of the work; nil where that is not what runs, as in tests.
  @TaskLocal static var executable: String?

  /// The file of options that the command line or a variable names; nil: it is looked for; empty: none.
  @TaskLocal static var configuration: String?

  /// Takes logins out of every line and every report.
  @TaskLocal static var mask = AddressMask()

  /// - Parameter program: the path that the program was called by.
  static func namesPlugin(_ program: String) -> Bool {
    (program.split(separator: "/").last ?? "").hasPrefix("kubectl-")
  }
}
