extension Roster {
  /// The positions in byte order of their keys; rows of one key keep their order.
  func sortedByKey() -> [Int32] {
    let positions = (0..<Int32(rows.count))
    var isSorted = true
    for position in rows.indices.dropFirst()
    where arena.isLess(rows[position].key, rows[position - 1].key) {
      isSorted = false
      break
    }
    if isSorted { return Array(positions) }
    return positions.sorted { left, right in
      let a = rows[Int(left)].key
      let b = rows[Int(right)].key
      if arena.isLess(a, b) { return true }
      return !arena.isLess(b, a) && left < right
    }
  }

  /// Where each person's rows start in the sorted order.
  func groupStarts(_ order: [Int32]) -> [Int32] {
    var starts: [Int32] = []
    starts.reserveCapacity(order.count)
    for index in order.indices {
      if index > 0,
        arena.isEqual(rows[Int(order[index])].key, rows[Int(order[index - 1])].key)
      {
        continue
      }
      starts.append(Int32(index))
    }
    return starts
  }

  /// Everything about a row that a verdict may hang on, as one word.
  func caseCode(at position: Int) -> UInt64 {
    let row = rows[position]
    return UInt64(row.kind.rawValue) << 40 | UInt64(row.federated.rawValue) << 36
      | UInt64(row.platformMFA.rawValue) << 32 | UInt64(row.identityProvider)
  }
}
