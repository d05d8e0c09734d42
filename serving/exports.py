"""What leaves the page: the plan as CSV and as a workbook."""

from serving.plan_csv import plan_csv
from serving.workbook import plan_xlsx

__all__ = ["plan_csv", "plan_xlsx"]
