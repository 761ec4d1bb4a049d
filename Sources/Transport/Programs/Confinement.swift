import Glibc

/// Limits that this process sets itself before it reads bytes of others. None of them can be lifted again by a process without
/// privileges.
package enum Confinement {
  /// - Parameters:
  ///   - memory: in bytes, beyond which an allocation ends the process.
  ///   - processorSeconds: after which a signal ends it.
  ///   - opensFiles: whether it reads files by itself.
  package static func apply(memory: Int, processorSeconds: Int, opensFiles: Bool = false) {
    // What a program forgot to close for its children.
    for descriptor in Int32(3)..<1024 { close(descriptor) }
    set(__rlimit_resource_t(RLIMIT_DATA.rawValue), memory)
    set(__rlimit_resource_t(RLIMIT_CPU.rawValue), processorSeconds)
    // Neither files nor connections can be opened, but by who reads a folder, and nothing is written but the answer.
    set(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), opensFiles ? 1024 : 3)
    set(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), 0)
    set(__rlimit_resource_t(RLIMIT_CORE.rawValue), 0)
  }

  private static func set(_ resource: __rlimit_resource_t, _ value: Int) {
    var limit = rlimit(rlim_cur: rlim_t(max(0, value)), rlim_max: rlim_t(max(0, value)))
    setrlimit(resource, &limit)
  }
}
