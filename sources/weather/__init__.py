"""What every live weather source needs: stations, filling one from another, local days from hours, bounded reading."""
