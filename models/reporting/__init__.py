"""How readily residents report: learned from repeat reports of one incident, area by area."""
