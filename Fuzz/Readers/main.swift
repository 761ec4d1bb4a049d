import CFuzzer
import Glibc

// Readers NAME [options of libFuzzer] [folders]: runs one target. Without a name: prints the names, one a line.

// Written once below, before libFuzzer starts and calls back on this same thread; read only from there on.
nonisolated(unsafe) var target: FuzzTarget?

let arguments = CommandLine.arguments
guard arguments.count > 1 else {
  for target in FuzzTarget.all { print(target.name) }
  exit(0)
}
target = FuzzTarget.all.first { $0.name == arguments[1] }
guard target != nil else {
  print("no target \"\(arguments[1])\"")
  exit(2)
}

// The driver takes what is left as if the target had been the program.
var count = CommandLine.argc
var words = CommandLine.unsafeArgv
words[1] = words[0]
var rest = words + 1
count -= 1
let status = withUnsafeMutablePointer(to: &rest) { pointer in
  pointer.withMemoryRebound(to: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?.self, capacity: 1) {
    LLVMFuzzerRunDriver(&count, $0) { bytes, size in
      try? target?.read(Array(UnsafeBufferPointer(start: bytes, count: size)))
      return 0
    }
  }
}
exit(status)
