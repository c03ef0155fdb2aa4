"""What is kept between runs: tables, migrations, and one module for each thing stored."""
