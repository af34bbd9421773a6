"""Files of other forms than YAML, read as what narrator makes sessions of."""
