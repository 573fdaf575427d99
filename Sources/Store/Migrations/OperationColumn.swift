/// Where a cloud tells what becomes of an instance that it has granted.
let operationColumn = """
    ALTER TABLE machine ADD COLUMN operation TEXT;
    """
