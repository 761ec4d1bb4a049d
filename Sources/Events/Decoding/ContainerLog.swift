/// A line of a container's log as CRI runtimes write it: `2016-10-06T00:17:09.669794202Z stdout F message`; `P` for a
/// piece whose rest follows. Source: kubernetes/design-proposals, "CRI: Log management".
struct ContainerLog {
  let time: Range<Int>
  let isError: Bool
  let isPartial: Bool
  let message: Range<Int>

  static func parse(_ line: Span<UInt8>) -> ContainerLog? {
    guard line.count >= 29, line[0] &- 0x30 < 10, line[4] == 0x2D, line[10] == 0x54,
      let blank = line.first(0x20, from: 19, to: 40),
      EventTime.iso(line.extracting(0..<blank)) != nil
    else { return nil }
    let isError = line.starts(blank + 1, with: "stderr ")
    guard isError || line.starts(blank + 1, with: "stdout ") else { return nil }
    let tags = blank + 8
    let end = line.first(0x20, from: tags) ?? line.count
    guard end > tags, line[tags] == 0x46 || line[tags] == 0x50, end - tags == 1 || line[tags + 1] == 0x3A else {
      return nil
    }
    return ContainerLog(
      time: 0..<blank, isError: isError, isPartial: line[tags] == 0x50, message: min(end + 1, line.count)..<line.count)
  }
}
