extension Unicode.Scalar {
  /// Whether the character is invisible, commands a terminal, or turns the direction of what follows.
  var isHazard: Bool {
    switch value {
    case 0x20..<0x7F: false
    case 0..<0x20, 0x7F..<0xA0: true
    case 0xA1..<0xAD, 0xAE..<0x300: false
    case 0x2028, 0x2029, 0xFFF9...0xFFFB: true
    default: properties.isDefaultIgnorableCodePoint || properties.isNoncharacterCodePoint
    }
  }

  /// Whether it is drawn upon the character before it.
  var isCombining: Bool {
    guard value >= 0x300 else { return false }
    return switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark: !isHazard
    default: false
    }
  }

  /// Whether an invisible joiner or variation selector does honest work here: in an emoji, or in a script that needs it.
  func isJoiner(between previous: Unicode.Scalar?, and next: Unicode.Scalar?) -> Bool {
    guard let previous, previous.value >= 0x80 else { return false }
    let isEmoji = previous.value >= 0x2000 && previous.properties.isEmoji
    switch value {
    case 0x200C, 0x200D:
      guard let next, next.value >= 0x80, !next.isHazard else { return false }
      // Arabic and the scripts of India shape their letters by it.
      let isShaped = (0x0600..<0x1000).contains(previous.value) && !previous.isHazard
      return isEmoji || isShaped || previous.value == 0xFE0F
        || previous.properties.isEmojiModifier
    case 0xFE0E, 0xFE0F:
      return isEmoji
    default:
      return false
    }
  }
}
