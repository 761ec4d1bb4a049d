package import Bytes

extension ReachCluster {
  /// All addresses of a family that appears, in pieces that no block cuts.
  static func cut(_ blocks: [IPRange]) -> [IPRange] {
    var result: [IPRange] = []
    for whole in [IPRange.allV4, .allV6] {
      let mine = blocks.filter { $0.isV6 == whole.isV6 }
      // Without any IPv6 block the second family says nothing that the first does not.
      if whole.isV6, mine.isEmpty { continue }
      var starts: Set<UInt128> = [0]
      for block in mine {
        starts.insert(block.low)
        if block.high < whole.high { starts.insert(block.high + 1) }
      }
      let sorted = starts.sorted()
      for (index, low) in sorted.enumerated() {
        let high = index + 1 < sorted.count ? sorted[index + 1] - 1 : whole.high
        result.append(IPRange(isV6: whole.isV6, low: low, high: high))
      }
    }
    return result
  }

  /// The external peer that holds an address; nil where no policy speaks of its family.
  package func peer(of address: IPAddress) -> PeerID? {
    rangeIndex(holding: address.value, isV6: address.isV6).map(peer(ofRange:))
  }

  /// Positions of the ranges within a block: blocks of policies never cut one in two.
  func rangeIndexes(within block: IPRange) -> Range<Int> {
    guard let first = rangeIndex(holding: block.low, isV6: block.isV6),
      let last = rangeIndex(holding: block.high, isV6: block.isV6)
    else { return 0..<0 }
    let low = block.contains(ranges[first]) ? first : first + 1
    let high = block.contains(ranges[last]) ? last + 1 : last
    return low < high ? low..<high : 0..<0
  }

  /// Whether the ranges can tell a block from what is around it.
  func cutsAt(_ block: IPRange) -> Bool {
    guard let first = rangeIndex(holding: block.low, isV6: block.isV6),
      let last = rangeIndex(holding: block.high, isV6: block.isV6)
    else { return false }
    return ranges[first].low == block.low && ranges[last].high == block.high
  }

  private func rangeIndex(holding value: UInt128, isV6: Bool) -> Int? {
    var low = isV6 ? firstV6 : 0
    var high = isV6 ? ranges.count : firstV6
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].high < value { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].isV6 == isV6 && ranges[low].low <= value ? low : nil
  }

  /// The ends that a run of peers outside stands for: addresses in as few pieces as there are, names one by one.
  func ends(_ peers: ClosedRange<Int>) -> [ConnectionEnd] {
    var result: [ConnectionEnd] = []
    let first = podClasses.count
    let positions = (peers.lowerBound - first)...(peers.upperBound - first)
    for family in [0..<firstV6, firstV6..<ranges.count] where !family.isEmpty {
      let own = positions.clamped(to: family.lowerBound...(family.upperBound - 1))
      guard positions.overlaps(family) else { continue }
      result.append(
        .range(
          IPRange(isV6: ranges[own.lowerBound].isV6, low: ranges[own.lowerBound].low, high: ranges[own.upperBound].high)
        ))
    }
    for position in positions where position >= ranges.count { result.append(.name(names[position - ranges.count])) }
    return result
  }
}
