extension RegexTree {
  /// The longest run of characters that stands in every match, folded. Only ASCII counts, because other characters fold
  /// in more ways than one.
  var requiredLiteral: [UInt8] {
    var best: [UInt8] = []
    var run: [UInt8] = []
    func end() {
      if run.count > best.count { best = run }
      run = []
    }
    func visit(_ tree: RegexTree) {
      switch tree {
      case .scalar(let value, _) where value < 0x80:
        let byte = UInt8(truncatingIfNeeded: value)
        run.append(byte &- 0x41 < 26 ? byte | 0x20 : byte)
      case .sequence(let items): for item in items { visit(item) }
      case .empty, .assertion: break
      case .loop(let item, let least, _, _) where least > 0:
        end()
        let inner = item.requiredLiteral
        if inner.count > best.count { best = inner }
      case .scalar, .set, .choice, .loop: end()
      }
    }
    visit(self)
    end()
    return best
  }
}
