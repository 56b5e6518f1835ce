package import ConnectorKit

extension HerokuKind: TeamChangingKind {}
