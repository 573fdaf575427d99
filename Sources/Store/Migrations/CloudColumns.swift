/// Where a cloud tells what becomes of an instance that it has granted, and where else a request may be served.
let cloudColumns = """
    ALTER TABLE machine ADD COLUMN operation TEXT;

    ALTER TABLE request ADD COLUMN elsewhere TEXT;
    """
